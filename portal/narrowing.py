"""A list narrowed by whatever its readers choose, read in the order of an index, with an end to the work.

Where one index has the choice and the order, it is read from where the page begins. Where it has not, its rows are
looked at one by one, and after so many the page says how far it came and goes on from there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import prod
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from portal.extensions import read
from portal.paging import SIZE, Cursor, Page, read_cursor, row_maker, token_of

LOOK = 2_000
"""Rows that are looked at for one page where no index has the choice."""
MOST_PLACES = 40
"""Places of an index that are read for one page, a page of each."""
Column = InstrumentedAttribute[Any]
Way = tuple[Column, ...]
Condition = Callable[[Any], sa.ColumnElement[bool]]
"""A condition on rows whose columns are attributes of what it is given: of the table, or of some of its rows."""


@dataclass(frozen=True)
class Order:
    """A sort with the indexes that have it: each begins with the columns of one of `ways`, the preferred first."""

    keys: tuple[Column, ...]
    """The column that is sorted by, and the id."""
    descending: bool
    ways: tuple[tuple[Column, ...], ...]


@dataclass(frozen=True)
class Choice:
    """What a list is narrowed to."""

    order: Order
    equal: Mapping[Column, Sequence[Any]]
    """By column: the values that it may have."""
    within: Sequence[sa.ColumnElement[bool]] = ()
    """Ranges of the column that is sorted by."""
    others: Sequence[Condition] = ()
    ids: Sequence[int] | sa.Select[Any] | None = None
    """Only some of these, a few hundred at most."""


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
    down = choice.order.descending != cursor.backwards
    way, rest = _way(choice)
    given = dict(given or {})
    if _is_one_place(choice, way, rest):
        wanted = _place(listed, choice.order, way, down=down, goes_on=bool(cursor.values), size=size)
        found = _rows(wanted, given | _at_place(choice, way, cursor))
        return _page(found, keys, cursor, url, size, None, look)
    looks = bool(rest or choice.others) and choice.ids is None
    begin = _begin(choice, cursor, down)
    picked = _picked(choice, way, rest, begin, down, size, look if looks else 0)
    wanted = _joined(listed, picked, keys) if picked is not None else listed.where(*_prefix(choice, way), *begin)
    wanted = wanted.order_by(*_sorted(keys, down)).limit(fixed(size + 1))
    window = sa.select(*keys).where(*_prefix(choice, way), *begin).order_by(*_sorted(keys, down))
    end = window.offset(look - 1).limit(1).execution_options(**listed.get_execution_options())
    if looks:
        ends = (end.with_only_columns(key).scalar_subquery().label(f"end_{key.key}") for key in keys)
        wanted = wanted.add_columns(*ends)
    found, last = _rows(wanted, given), None
    if looks and len(found) <= size:
        last = _end_beside(found[0], keys) if found else read(end, given).first()
    return _page(found, keys, cursor, url, size, last, look)


def _rows(wanted: sa.Select[Any], given: Mapping[str, Any]) -> list[Any]:
    result = read(wanted, given)
    return list(map(row_maker(tuple(result.keys())), result))


def _is_one_place(choice: Choice, way: Way, rest: Sequence[Column]) -> bool:
    """Nothing is asked but what one place of an index has: as with every list that nobody has narrowed."""
    is_one = all(len(choice.equal[column]) == 1 for column in way)
    return is_one and not (rest or choice.within or choice.others) and choice.ids is None


@lru_cache(maxsize=200)
def _place(listed: sa.Select[Any], order: Order, way: Way, *, down: bool, goes_on: bool, size: int) -> sa.Select[Any]:
    """The page at one place of an index. Built once: to build it takes longer than to run it."""
    keys = order.keys
    wanted = listed.where(*(column == _parameter("place", column) for column in way))
    if goes_on:
        here, before = sa.tuple_(*keys), sa.tuple_(*(_parameter("after", key) for key in keys))
        wanted = wanted.where(here < before if down else here > before)
    return wanted.order_by(*_sorted(keys, down)).limit(fixed(size + 1))


def _parameter(what: str, column: Column) -> sa.BindParameter[Any]:
    return sa.bindparam(f"{what}_{column.key}", type_=column.type)


def _at_place(choice: Choice, way: Way, cursor: Cursor) -> dict[str, Any]:
    place = {f"place_{column.key}": choice.equal[column][0] for column in way}
    after = {f"after_{key.key}": value for key, value in zip(choice.order.keys, cursor.values, strict=False)}
    return place | after


def _end_beside(row: Any, keys: Sequence[Column]) -> Any:
    """Where the rows that were looked at end; nothing where they came to their end before."""
    values = {key.key: getattr(row, f"end_{key.key}") for key in keys}
    return SimpleNamespace(**values) if None not in values.values() else None


def everything(listed: sa.Select[Any], choice: Choice, *, most: int, at_a_time: int = 500) -> Iterator[Sequence[Any]]:
    """The rows for a file, some at a time: the same as page after page, up to `most`."""
    token, left = None, most
    while left > 0:
        page = page_of_choice(
            listed, choice, token=token, url=lambda at: at or "", size=min(left, at_a_time), look=10_000
        )
        yield page.rows
        left, token = left - len(page.rows), page.next_url
        if not token:
            return


def _way(choice: Choice) -> tuple[tuple[Column, ...], list[Column]]:
    """The first index whose columns are all chosen, and the chosen columns that it has not.

    Several values of one of its columns are several places of it, which are only read where nothing else is asked."""
    fitting = [way for way in choice.order.ways if all(column in choice.equal for column in way)]
    for way in fitting:
        rest = [column for column in choice.equal if column not in way]
        places = prod(len(choice.equal[column]) for column in way)
        if places == 1 or (places <= MOST_PLACES and not (rest or choice.others)):
            return way, rest
    return (), list(choice.equal)


def _begin(choice: Choice, cursor: Cursor, down: bool) -> list[sa.ColumnElement[bool]]:
    begin = list(choice.within)
    if cursor.values:
        here = sa.tuple_(*choice.order.keys)
        begin.append(here < cursor.values if down else here > cursor.values)
    return begin


def _prefix(choice: Choice, way: Sequence[Column]) -> list[sa.ColumnElement[bool]]:
    """The one place of an index that a way leads to."""
    return [column == choice.equal[column][0] for column in way]


def _picked(
    choice: Choice, way: Way, rest: Sequence[Column], begin: Sequence[Any], down: bool, size: int, look: int
) -> sa.Select[Any] | None:
    """The ids of the page, where they take more than to read one place of an index."""
    keys: tuple[Any, ...] = choice.order.keys
    if choice.ids is not None:
        named = sa.select(keys[1]).where(keys[1].in_(choice.ids), *begin, *_said(choice.equal, choice.others, keys))
    elif look:
        window = sa.select(*keys[0].class_.__table__.c).where(*_prefix(choice, way), *begin)
        looked = window.order_by(*_sorted(keys, down)).limit(fixed(look)).subquery("looked")
        left = {column: choice.equal[column] for column in rest}
        named = sa.select(looked.c[keys[1].key]).where(*_said(left, choice.others, looked.c))
        keys = tuple(looked.c[key.key] for key in keys)
    elif any(len(choice.equal[column]) > 1 for column in way):
        each = [
            sa.select(*keys).where(*(column == value for column, value in zip(way, values, strict=True)), *begin)
            for values in product(*(choice.equal[column] for column in way))
        ]
        first = (one.order_by(*_sorted(keys, down)).limit(fixed(size + 1)).subquery() for one in each)
        together = sa.union_all(*map(sa.select, first)).subquery("together")
        keys = tuple(together.c[key.key] for key in keys)
        named = sa.select(keys[1])
    else:
        return None
    return named.order_by(*_sorted(keys, down)).limit(fixed(size + 1))


def _joined(listed: sa.Select[Any], picked: sa.Select[Any], keys: Sequence[Column]) -> sa.Select[Any]:
    few = picked.subquery("few")
    return listed.join(few, few.c[keys[1].key] == keys[1])


def _said(equal: Mapping[Column, Sequence[Any]], others: Sequence[Condition], of: Any) -> list[Any]:
    here = of[0].class_ if isinstance(of, tuple) else of
    chosen = [getattr(here, column.key).in_(values) for column, values in equal.items()]
    return [*chosen, *(say(here) for say in others)]


def _sorted(keys: Sequence[Any], down: bool) -> list[Any]:
    return [key.desc() if down else key.asc() for key in keys]


def fixed(number: int) -> sa.ColumnElement[int]:
    """Written into the statement, so that a planner knows how few are wanted."""
    return sa.literal_column(str(number), sa.Integer)


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
