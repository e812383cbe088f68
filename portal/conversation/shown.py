"""What was said, as its page shows it."""

from datetime import datetime
from typing import Any, NamedTuple

from markupsafe import Markup

from portal.conversation.mentions import pieces
from portal.formats import counted


class Attached(NamedTuple):
    ref: str
    name: str
    size: str


class Said(NamedTuple):
    id: int
    at: datetime
    by: str
    text: Markup
    files: list[Attached]
    is_internal: bool
    by_mail: bool
    is_own: bool
    is_new: bool


class Contact(NamedTuple):
    """The person to call."""

    name: str
    email: str
    phone: str

    @classmethod
    def from_text(cls, text: str) -> "Contact":
        name, email, phone = text.split("\n")
        return cls(name, email, phone)

    @property
    def phone_link(self) -> str:
        return "".join(each for each in self.phone if each.isdigit() or each == "+")


def said_from(row: Any, by: str, *, is_own: bool, last_read: int) -> Said:
    return Said(
        id=row.seq,
        at=row.at,
        by=by,
        text=_marked(row.text, [words for _, words in row.mentions or []]),
        files=_attached(row.files or ""),
        is_internal=bool(row.is_internal),
        by_mail=bool(row.by_mail),
        is_own=is_own,
        is_new=not is_own and row.seq > last_read,
    )


def new_words(count: int) -> str:
    """`2 new messages`, for a row of a list; nothing where there is none."""
    return counted(count, "new message") if count else ""


def about_with_news(about: str, count: int) -> str:
    """What a row says below its name, with how much is new in the conversation."""
    if not count:
        return about
    return Markup('{} · <strong class="news">{}</strong>').format(about, new_words(count))


def file_names(files: str) -> list[str]:
    """Of what went with a message, as the database gives it."""
    return [each.name for each in _attached(files)]


def _marked(text: str, mentioned: list[str]) -> Markup:
    """The text as it was typed, with those marked who are spoken to."""
    return Markup("").join(
        Markup('<b class="mention">{}</b>').format(piece) if is_mention else piece
        for piece, is_mention in pieces(text, mentioned)
    )


def _attached(files: str) -> list[Attached]:
    rows = sorted(line.split("\t", 2) for line in files.split("\n") if line)
    return [Attached(ref, name, _size(int(size))) for ref, size, name in rows]


def _size(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(1, size // 1024)} kB"
