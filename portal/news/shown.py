"""News in words: below a row of a list, and on the home of a partner's person."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from markupsafe import Markup, escape

from portal.conversation.shown import new_words
from portal.formats import Words, counted
from portal.news.rules import sentence

Row = TypeVar("Row", bound=Any)


class Happened(NamedTuple):
    """The latest that somebody else did on a referral since the reader's last visit."""

    at: datetime
    kind: str
    body: Mapping[str, Any]
    by: str | None


class Item(NamedTuple):
    ref: str
    company: str
    says: str


class News(NamedTuple):
    """What a home says on top: how many changed, and the latest of them."""

    since: str
    how_many: str
    items: Sequence[Item]
    more: str


def line(happened: Happened | None, unread: int, words: Words) -> str:
    """What happened, and how many messages wait to be read."""
    said = sentence(happened.kind, happened.body, day=words.day_of(happened.at), by=happened.by) if happened else ""
    return "; ".join(filter(None, (said, new_words(unread))))


def marked(rows: list[Row], found: Sequence[Any], news: Mapping[int, str]) -> list[Row]:
    """Rows of a list; below the name of each what is new of it. `found` are what they were made from."""
    if not news:
        return rows
    pairs = zip(rows, found, strict=True)
    return [row._replace(about=_about(row.about, news[of.id])) if of.id in news else row for row, of in pairs]


def news_of(found: Sequence[Any], since: datetime | None, words: Words) -> News | None:
    """From the rows of a home that have news. None for whoever is here for the first time."""
    if since is None:
        return None
    rows = sorted((row for row in found if row.newest), key=lambda row: row.newest, reverse=True)
    items = [Item(row.ref, row.company, line(_happened(row), row.unread, words)) for row in rows]
    count = rows[0].changed if rows else 0
    more = f"And {counted(count - len(items), 'more referral')}." if count > len(items) else ""
    return News(words.when(since), counted(count, "referral"), items, more)


def _happened(row: Any) -> Happened | None:
    return Happened(row.news_at, row.news_kind, row.news_body, row.news_by) if row.news_kind else None


def _about(about: str, news: str) -> Markup:
    return Markup(f'{escape(about)} · <strong class="news">{escape(news)}</strong>')  # noqa: S704 (both are escaped)
