"""What a list may be narrowed to, and the statements that read a page of it.

They depend on the shape of a choice: its values are their parameters, so that each is built once."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from math import prod
from typing import Any, NamedTuple, Self

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from portal.extensions import Kept, db
from portal.paging import Cursor
from portal.several import among

MOST_PLACES = 40
"""Places of an index that are read for one page, a page of each."""
Column = InstrumentedAttribute[Any]
Way = tuple[Column, ...]


@dataclass(frozen=True)
class Predicate:
    """What may be asked of a row beside its place. Those of one name make one statement."""

    name: Hashable
    of: Callable[[Any], sa.ColumnElement[bool]] = field(compare=False)
    """Makes the condition for a model."""
    first: Callable[..., sa.Select[Any]] | None = field(default=None, compare=False)
    """Where an index has them in the order of their ids: makes the first so many of them, `after` one, `down` or up."""
    is_cut: Callable[[], sa.ColumnElement[bool]] | None = field(default=None, compare=False)
    """Where there may be more than are found: whether there are."""


class Condition(NamedTuple):
    asked: Predicate
    values: Mapping[str, Any]
    """Of its parameters."""


@dataclass(frozen=True)
class Order:
    """A sort with the indexes that have it: each begins with the columns of one of `ways`, the preferred first."""

    keys: tuple[Column, ...]
    """The column that is sorted by, and the id; or the id alone."""
    descending: bool
    ways: tuple[tuple[Column, ...], ...]
    only: tuple[sa.ColumnElement[bool], ...] = ()
    """What holds of every row that is listed so, whatever else is chosen: of so nearly all rows that an index that
    does not know it is read on without a loss."""


@dataclass(frozen=True)
class Choice:
    """What a list is narrowed to."""

    order: Order
    equal: Mapping[Column, Sequence[Any]]
    """By column: the values that it may have."""
    within: tuple[Any, Any] = (None, None)
    """From which value of the column that is sorted by, inclusive, to which, exclusive."""
    others: Sequence[Condition] = ()
    few: Condition | None = None
    """That they are some of a few hundred at most, which an index finds."""

    @property
    def way(self) -> Way:
        """The first index whose columns are all chosen.

        Several values of one of its columns are several places of it, which are only read where nothing else is
        asked."""
        if self.few is not None:
            return ()
        for way in self.order.ways:
            if all(column in self.equal for column in way):
                places = prod(len(self.equal[column]) for column in way)
                more = self.others or len(way) < len(self.equal)
                if places == 1 or (places <= MOST_PLACES and not more):
                    return way
        return ()


@dataclass(frozen=True)
class Shape:
    """What a statement depends on."""

    order: Order
    way: Way
    places: tuple[int, ...]
    """How many values each column of the way may have."""
    rest: Way
    """What is chosen beside the columns of the way."""
    others: tuple[Predicate, ...]
    few: Predicate | None
    has_least: bool
    has_most: bool
    goes_on: bool
    down: bool
    size: int
    look: int
    """How many rows are looked at; 0 where an index has all that is chosen."""

    @classmethod
    def of(cls, choice: Choice, cursor: Cursor, size: int, look: int) -> Self:
        way = choice.way
        rest = tuple(column for column in choice.equal if column not in way)
        looks = bool(rest or choice.others) and choice.few is None
        least, most = (each is not None for each in choice.within)
        return cls(
            order=choice.order,
            way=way,
            places=tuple(len(choice.equal[column]) for column in way),
            rest=rest,
            others=tuple(each.asked for each in choice.others),
            few=choice.few and choice.few.asked,
            has_least=least,
            has_most=most,
            goes_on=bool(cursor.values),
            down=choice.order.descending != cursor.backwards,
            size=size,
            look=look if looks else 0,
        )


class Questions(NamedTuple):
    page: Kept
    end: Kept
    """Where the rows that are looked at end, where some are."""
    is_cut: Kept
    """Whether there are more than were found, where that may be."""


def questions(listed: sa.Select[Any], shape: Shape) -> Questions:
    """What reads one page of `listed`; the values of `values_of` are their parameters."""
    return _kept(listed, shape, db.session.get_bind().dialect.name)


def values_of(choice: Choice, shape: Shape, cursor: Cursor) -> dict[str, Any]:
    values = {_name("place", column, at): each for column in shape.way for at, each in enumerate(choice.equal[column])}
    values |= {_name("some", column): choice.equal[column] for column in shape.rest}
    keys = zip(shape.order.keys, cursor.values, strict=False)
    values |= {_name("after", key): value for key, value in keys}
    for condition in (*choice.others, *filter(None, [choice.few])):
        values |= condition.values
    least, most = choice.within
    first = shape.order.keys[0]
    return values | {_name("least", first): least, _name("most", first): most}


@lru_cache(maxsize=100)
def _kept(listed: sa.Select[Any], shape: Shape, database: str) -> Questions:
    """To build them takes longer than to run them."""
    return Questions(*map(Kept, _statements(listed, shape)))


def _statements(listed: sa.Select[Any], shape: Shape) -> tuple[sa.Select[Any], sa.Select[Any], sa.Select[Any]]:
    """The page, and the end of what is looked at for it, and whether more would be found: where the page has rows, it
    tells these too."""
    keys, place, picked = shape.order.keys, _place(shape), _picked(shape)
    page = listed.where(*place) if picked is None else _joined(listed, picked, keys)
    page = page.order_by(*_sorted(shape, keys)).limit(fixed(shape.size + 1))
    window = sa.select(*keys).where(*place).order_by(*_sorted(shape, keys))
    end = window.offset(fixed(shape.look - 1)).limit(fixed(1)).execution_options(**listed.get_execution_options())
    if shape.look:
        last = end.cte("last").prefix_with("MATERIALIZED")
        page = page.add_columns(*(sa.select(last.c[key.key]).scalar_subquery().label(f"end_{key.key}") for key in keys))
    if not shape.few or not shape.few.is_cut:
        return page, end, sa.select(sa.false())
    is_cut = shape.few.is_cut()
    return page.add_columns(is_cut.label("is_cut")), end, sa.select(is_cut)


def _place(shape: Shape) -> list[Any]:
    """The one place of an index that the way leads to."""
    return [*(column == _parameter("place", column, 0) for column in shape.way), *_begin(shape)]


def _begin(shape: Shape) -> list[Any]:
    """What is listed at all, from where the page begins, and no further than was chosen."""
    keys = shape.order.keys
    first, least, most = keys[0], _parameter("least", keys[0]), _parameter("most", keys[0])
    begin = [*shape.order.only]
    begin += [*([first >= least] if shape.has_least else []), *([first < most] if shape.has_most else [])]
    if shape.goes_on:
        here, before = sa.tuple_(*keys), sa.tuple_(*(_parameter("after", key) for key in keys))
        begin.append(here < before if shape.down else here > before)
    return begin


def _parameter(what: str, column: Column, at: int | None = None) -> sa.BindParameter[Any]:
    return sa.bindparam(_name(what, column, at), type_=column.type)


def _name(what: str, column: Column, at: int | None = None) -> str:
    return f"{what}_{column.key}" if at is None else f"{what}_{column.key}_{at}"


def _picked(shape: Shape) -> sa.Select[Any] | None:
    """The ids of the page, where they take more than to read one place of an index."""
    if shape.few is not None and len(shape.order.keys) == 1:
        return _found_first(shape, shape.few)
    if shape.few is not None:
        return _of_few(shape, shape.few)
    if shape.look:
        return _looked_at(shape)
    return _of_places(shape) if max(shape.places, default=1) > 1 else None


def _found_first(shape: Shape, few: Predicate) -> sa.Select[Any]:
    """They come in this order as they are."""
    (key,) = shape.order.keys
    after = _parameter("after", key) if shape.goes_on else None
    return few.first(shape.size + 1, after=after, down=shape.down)  # type: ignore[misc]


def _of_few(shape: Shape, few: Predicate) -> sa.Select[Any]:
    """What else is asked is so put that no planner takes an index of it."""
    keys = shape.order.keys
    named = sa.select(*keys).where(few.of(keys[0].class_), *_begin(shape), sa.func.coalesce(_fits(shape), False))
    these = named.offset(fixed(0)).subquery("these").c  # by itself: no planner reads an index for its order
    first = sa.select(these[keys[1].key]).order_by(*_sorted(shape, [these[key.key] for key in keys]))
    return first.limit(fixed(shape.size + 1))


def _looked_at(shape: Shape) -> sa.Select[Any]:
    """Those of the first few that fit. SQLite hands them on as they stand in the index and stops when the page is
    full; told to sort them, it would read all of them first."""
    keys = shape.order.keys
    window = sa.select(*keys, _fits(shape).label("fits")).where(*_place(shape))
    looked = window.order_by(*_sorted(shape, keys)).limit(fixed(shape.look)).subquery("looked").c
    fitting = sa.select(looked[keys[1].key]).where(looked.fits).limit(fixed(shape.size + 1))
    if db.session.get_bind().dialect.name == "sqlite":
        return fitting
    return fitting.order_by(*_sorted(shape, [looked[key.key] for key in keys]))


def _of_places(shape: Shape) -> sa.Select[Any]:
    """The first of all that stand at several places of an index."""
    keys = shape.order.keys
    each = [
        sa.select(*keys).where(
            *(column == _parameter("place", column, at) for column, at in zip(shape.way, places, strict=True)),
            *_begin(shape),
        )
        for places in product(*map(range, shape.places))
    ]
    first = (one.order_by(*_sorted(shape, keys)).limit(fixed(shape.size + 1)).subquery() for one in each)
    together = sa.union_all(*map(sa.select, first)).subquery("together").c
    named = sa.select(together[keys[1].key]).order_by(*_sorted(shape, [together[key.key] for key in keys]))
    return named.limit(fixed(shape.size + 1))


def _joined(listed: sa.Select[Any], picked: sa.Select[Any], keys: Sequence[Column]) -> sa.Select[Any]:
    few = picked.subquery("few")
    return listed.join(few, few.c[keys[-1].key] == keys[-1])


def _fits(shape: Shape) -> sa.ColumnElement[bool]:
    """What is asked of a row beside its place."""
    some = [among(column, _name("some", column)) for column in shape.rest]
    return sa.and_(sa.true(), *some, *(each.of(shape.order.keys[0].class_) for each in shape.others))


def _sorted(shape: Shape, keys: Sequence[Any]) -> list[Any]:
    return [key.desc() if shape.down else key.asc() for key in keys]


def fixed(number: int) -> sa.ColumnElement[int]:
    """Written into the statement, so that a planner knows how few are wanted."""
    return sa.literal_column(str(number), sa.Integer)
