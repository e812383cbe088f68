"""A list narrowed by whatever its readers choose, read in the order of an index, with an end to the work.

Where one index has the choice and the order, it is read from where the page begins. Where it has not, its rows are
looked at one by one, and after so many the page says how far it came and goes on from there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from portal.choices import Choice, Column, Questions, Shape, questions, values_of
from portal.paging import SIZE, Cursor, Page, read_cursor, row_maker, token_of

LOOK = 2_000
"""Rows that are looked at for one page where no index has the choice."""


def page_of_choice(
    listed: sa.Select[Any],
    choice: Choice,
    *,
    token: str | None,
    url: Callable[[str | None], str],
    size: int = SIZE,
    look: int = LOOK,
    given: Mapping[str, Any] | None = None,
) -> Page:
    """One page of `listed`, which selects the keys of the order; `given` are the values of its parameters.

    Scope and options of `listed` hold for all that is read here; it reads one table by the columns of the order, and
    joins to it whatever it likes."""
    keys = choice.order.keys
    cursor = read_cursor(token, [key.type.python_type for key in keys])
    shape = Shape.of(choice, cursor, size, look)
    ask, values = questions(listed, shape), {**(given or {}), **values_of(choice, shape, cursor)}
    result = ask.page.read(values)
    found, end = list(map(row_maker(tuple(result.keys())), result.all())), None
    if shape.look and len(found) <= size:
        end = _end_beside(found[0], keys) if found else ask.end.read(values).first()
    return replace(_page(found, keys, cursor, url, size, end, look), is_cut=_is_cut(found, ask, shape, values))


def _is_cut(found: Sequence[Any], ask: Questions, shape: Shape, values: Mapping[str, Any]) -> bool:
    if shape.few is None or shape.few.is_cut is None:
        return False
    return bool(found[0].is_cut if found else ask.is_cut.read(values).scalar())


def _end_beside(row: Any, keys: Sequence[Column]) -> Any:
    """Where the rows that were looked at end; nothing where they came to their end before."""
    values = {key.key: getattr(row, f"end_{key.key}") for key in keys}
    return SimpleNamespace(**values) if None not in values.values() else None


def everything(
    listed: sa.Select[Any], choice: Choice, *, most: int, given: Mapping[str, Any] | None = None, at_a_time: int = 500
) -> Iterator[Sequence[Any]]:
    """The rows for a file, some at a time: the same as page after page, up to `most`."""
    token, left = None, most
    while left > 0:
        page = page_of_choice(
            *(listed, choice), token=token, url=lambda at: at or "", size=min(left, at_a_time), look=10_000, given=given
        )
        yield page.rows
        left, token = left - len(page.rows), page.next_url
        if not token:
            return


def _page(
    found: Sequence[Any], keys: Sequence[Column], cursor: Cursor, url: Any, size: int, end: Any, look: int
) -> Page:
    rows, more = found[:size], len(found) > size
    if cursor.backwards:
        rows = rows[::-1]
    names = [key.key for key in keys]
    first, last = (rows[0], rows[-1]) if rows else (None, None)
    if cursor.backwards:
        before, after = (first if more else end), last
    else:
        before, after = (first if cursor.values else None), (last if more else end)
    begin = url(None) if cursor.values and not rows else None
    return Page(
        rows=rows,
        next_url=url(token_of(after, names, backwards=False)) if after is not None else None,
        previous_url=url(token_of(before, names, backwards=True)) if before is not None else begin,
        looked_at=look if end is not None and not more else 0,
    )
