"""A mail as it came in, taken apart: broken ones are read as far as they can be. Pure."""

import re
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from typing import Any

from charset_normalizer import from_bytes

from portal.conversation.html_text import text_of
from portal.conversation.rules import FILES_MOST

DEEPEST, PARTS_MOST = 10, 100
CHARACTERS_MOST = 100_000
"""How much of a text is looked at: no person writes more, and what cuts off the quotes takes its time."""
_HEADER_MOST, _HEADERS_MOST = 20_000, 20
_FAULTS = (RecursionError, MessageError, ValueError, LookupError, TypeError, AttributeError, AssertionError)
"""What Python's own reader raises over headers that no program writes: a mail that does is one that cannot be read, and
no reason to stop before the next."""
_TO = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Forwarded-To")
_AUTOMATIC = ("X-Auto-Response-Suppress", "X-Autoreply", "X-Autorespond", "List-Id", "List-Unsubscribe")
_IN_BULK = frozenset({"bulk", "list", "junk", "auto_reply"})
_MACHINES = re.compile(r"(mailer-daemon|postmaster|no-?reply|bounces?)\b.*@")


class Unreadable(ValueError):  # noqa: N818  (a verdict reads better)
    """It cannot be taken apart."""


@dataclass
class Incoming:
    message_id: str
    senders: list[str]
    """Addresses in lower case; a mail of several people is nobody's."""
    recipients: list[str]
    subject: str
    is_automatic: bool
    text: str = ""
    html: str = ""
    files: list[tuple[str, bytes]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        """What it says, quotes and all; plain text before HTML."""
        return self.text if self.text.strip() else text_of(self.html)


def parse(raw: bytes) -> Incoming:
    """Raises Unreadable."""
    try:
        mail = message_from_bytes(raw)
        found = Incoming(
            message_id=_header(mail, "Message-ID").strip("<> "),
            senders=_addresses(mail, "From"),
            recipients=[each for name in _TO for each in _addresses(mail, name)],
            subject=" ".join(_header(mail, "Subject").split())[:200],
            is_automatic=_is_automatic(mail),
        )
        _take_apart(mail, found, depth=0, budget=[PARTS_MOST])
    except _FAULTS as failure:
        raise Unreadable("parts within parts without end, or headers that are none") from failure
    return found


def _is_automatic(mail: Message) -> bool:
    """RFC 3834, and what programs did before it and still do."""
    if _header(mail, "Auto-Submitted").split(";")[0].strip().lower() not in ("", "no"):
        return True
    if _header(mail, "Precedence").strip().lower() in _IN_BULK or any(name in mail for name in _AUTOMATIC):
        return True
    is_bounce = "Return-Path" in mail and _header(mail, "Return-Path").strip() in ("", "<>")
    return is_bounce or mail.get_content_type() == "multipart/report" or bool(_MACHINES.match(_first_sender(mail)))


def _first_sender(mail: Message) -> str:
    return next(iter(_addresses(mail, "From")), "")


def _take_apart(part: Message, found: Incoming, *, depth: int, budget: list[int]) -> None:
    budget[0] -= 1
    if depth > DEEPEST or budget[0] < 0:
        return
    kind, name = part.get_content_type(), _file_name(part)
    if kind == "message/rfc822":
        found.left_out.append(name or "a mail")
    elif part.is_multipart():
        for each in part.get_payload():
            if isinstance(each, Message):
                _take_apart(each, found, depth=depth + 1, budget=budget)
    elif _is_body(part, kind, name):
        _say(part, kind, found)
    elif not _belongs_to_the_look(part, kind):
        _take_file(part, name, found)


def _is_body(part: Message, kind: str, name: str) -> bool:
    return kind in ("text/plain", "text/html") and not name and part.get_content_disposition() != "attachment"


def _say(part: Message, kind: str, found: Incoming) -> None:
    """Of several texts behind each other all count: Apple's program cuts a text where a picture stands in it."""
    said = _text(part)
    if kind == "text/plain":
        found.text = f"{found.text}\n{said}"[:CHARACTERS_MOST] if found.text else said
    else:
        found.html = f"{found.html}{said}"[: CHARACTERS_MOST * 4]


def _belongs_to_the_look(part: Message, kind: str) -> bool:
    """The logo of a signature, not something that was sent along."""
    is_inside = "Content-ID" in part and part.get_content_disposition() != "attachment"
    return kind.startswith("image/") and is_inside


def _take_file(part: Message, name: str, found: Incoming) -> None:
    data = _bytes(part)
    if len(found.files) < FILES_MOST:
        found.files.append((name or "file", data))
    else:
        found.left_out.append(name or "a file")


def _text(part: Message) -> str:
    """In whatever it was written; a charset that is wrong or unknown is guessed, and never a reason to fail."""
    data = _bytes(part)
    for charset in (_charset(part), "utf-8"):
        try:
            return _clean(data.decode(charset))
        except (LookupError, ValueError):
            continue
    guessed = from_bytes(data[:50_000]).best()
    encoding = guessed.encoding if guessed else "cp1252"
    return _clean(data.decode(encoding, "replace"))


def _charset(part: Message) -> str:
    charset = part.get_param("charset")
    said = charset[-1] if isinstance(charset, tuple) else charset
    return str(said or "utf-8").strip().strip("\"'")


def _bytes(part: Message) -> bytes:
    data: Any = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _clean(text: str) -> str:
    """Without what a database cannot hold: some charsets spell half a character."""
    kept = text[: CHARACTERS_MOST * 2].replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")[:CHARACTERS_MOST]
    return kept.encode("utf-8", "replace").decode()


def _addresses(mail: Message, name: str) -> list[str]:
    values = [_clean(str(value)[:_HEADER_MOST]) for value in mail.get_all(name, [])[:_HEADERS_MOST]]
    return [address.strip().lower() for _, address in getaddresses(values) if "@" in address]


def _file_name(part: Message) -> str:
    try:
        named = part.get_filename()
    except (ValueError, TypeError):  # a charset that decodes no file name, or parts of one that are none
        return ""
    return _decoded(str(named)[:_HEADER_MOST]) if named else ""


def _header(mail: Message, name: str) -> str:
    return _decoded(str(mail.get(name, ""))[:_HEADER_MOST])


def _decoded(value: str) -> str:
    try:
        pieces = decode_header(value)
    except (ValueError, LookupError, MessageError):
        return _clean(value)
    return _clean("".join(_piece(said, charset) for said, charset in pieces))


def _piece(said: bytes | str, charset: str | None) -> str:
    if isinstance(said, str):
        return said
    try:
        return said.decode(charset or "ascii", "replace")
    except (LookupError, ValueError):
        return said.decode("utf-8", "replace")
