"""Keyset paging: the next page starts after the last row's key, so that page 1,000 costs what page 1 costs."""

import base64
import binascii
import json
from collections import namedtuple
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, scoped_session

SIZE = 50
MOST = 2**63 - 1


@dataclass(frozen=True)
class Page:
    rows: Sequence[Any]
    """Named tuples of the statement's columns."""
    next_url: str | None
    previous_url: str | None
    looked_at: int = 0
    """How many rows were looked at where the search stopped before the page was full: see `narrowing.py`."""
    is_cut: bool = False
    """Whether a search found more than it lists."""


@dataclass(frozen=True)
class Cursor:
    """Where a page starts: after these key values, or (backwards) before them."""

    values: tuple[Any, ...] = ()
    backwards: bool = False


def read_cursor(token: str | None, types: Sequence[type]) -> Cursor:
    """What the address says; anything that this program did not write is the first page."""
    try:
        backwards, *texts = json.loads(base64.urlsafe_b64decode((token or "").encode()))
        if len(texts) != len(types):
            return Cursor()
        return Cursor(tuple(_read(text, kind) for text, kind in zip(texts, types, strict=True)), bool(backwards))
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error):
        return Cursor()


def page_of(
    session: Session | scoped_session[Any],
    statement: Select[Any],
    keys: Sequence[InstrumentedAttribute[Any]],
    *,
    token: str | None,
    url: Callable[[str | None], str],
    descending: bool = False,
    size: int = SIZE,
) -> Page:
    """One page of `statement`, ordered by `keys`, which have to be unique together, not null, and selected by it.

    `url` makes the address of a page from its token, or of the first one from None."""
    cursor = read_cursor(token, [key.type.python_type for key in keys])
    down = descending != cursor.backwards
    if cursor.values:
        here = tuple_(*keys)
        statement = statement.where(here < cursor.values if down else here > cursor.values)
    ordered = statement.order_by(*(key.desc() if down else key.asc() for key in keys)).limit(size + 1)
    result = session.execute(ordered)
    found = list(map(row_maker(tuple(result.keys())), result))
    rows, more = found[:size], len(found) > size
    if cursor.backwards:
        rows = rows[::-1]
    has_next = more or cursor.backwards
    has_previous = more if cursor.backwards else bool(cursor.values)
    names = [key.key for key in keys]
    return Page(
        rows=rows,
        next_url=url(token_of(rows[-1], names, backwards=False)) if has_next and rows else None,
        previous_url=url(token_of(rows[0], names, backwards=True)) if has_previous and rows else None,
    )


@lru_cache(maxsize=200)
def row_maker(names: tuple[str, ...]) -> Callable[[Iterable[Any]], Any]:
    """Makes a named tuple of a row: its columns are read a dozen times each, and this costs less than one reading."""
    kind: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
    make: Callable[[Iterable[Any]], Any] = kind._make
    return make


def token_of(row: Any, names: Sequence[Any], *, backwards: bool) -> str:
    """The cursor at this row, as an address says it."""
    values = [getattr(row, name) for name in names]
    texts = [value.isoformat() if isinstance(value, (datetime, date)) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps([backwards, *texts]).encode()).decode()


def _read(text: Any, kind: type) -> Any:
    if issubclass(kind, datetime):
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise ValueError("a time without zone")
        return at.astimezone(UTC)
    if issubclass(kind, date):
        return date.fromisoformat(text)
    if kind is int and (type(text) is not int or not -MOST <= text <= MOST):
        raise ValueError("not a number that a column holds")
    if kind is str and (not isinstance(text, str) or "\x00" in text):
        raise ValueError("not a text")
    return text
