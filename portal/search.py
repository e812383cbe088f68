"""Words anywhere inside of a few columns: by an index of all their groups of three letters, which the database itself
keeps in the transaction that changes a row (SQLite FTS5, PostgreSQL pg_trgm beside a narrow table of the words).

Staff ask that index. A partner's words are looked for in its own rows only, one by one as its list is read: how long
that takes tells nothing of what others have."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import sqlalchemy as sa

from portal.choices import Condition, Predicate, fixed
from portal.extensions import Base
from portal.hits import hits, is_postgresql, sought, unlike, words_of
from portal.proof import rows

LEAST = 3
"""Letters or digits: what is shorter stands in every other name."""
MOST = 100
"""The latest that are found where they are narrowed or sorted further; whoever wants another types more."""
CUT = f"These are the latest {MOST} that have it; type more to find others."
TOO_SHORT = f"Type at least {LEAST} letters or digits to search."


@dataclass(frozen=True)
class Index:
    """The columns of a table that are searched together."""

    model: type[Base]
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"search_{self.model.__tablename__}"


def latest(typed: str, *indexes: Index, where: Callable[..., Any] | None = None) -> Condition:
    """Rows of any company that have this inside, as many as `MOST` of the latest of each index: a condition on the ids
    of the first, or on what `where` makes of a row and of the ids of each."""
    names = tuple(each.name for each in indexes)

    def have(row: Any) -> Any:
        ids = [_ids(name, MOST, is_postgresql()) for name in names]
        return where(row, *ids) if where else row.id.in_(ids[0])

    def is_cut() -> Any:
        return sa.or_(*(_number(name, MOST, is_postgresql()) > fixed(MOST) for name in names))

    return Condition(Predicate(("latest of", *names), have, is_cut=is_cut), _values(typed))


def all_of(index: Index, typed: str) -> Condition:
    """The same as a condition on a list that is sorted by the ids: page after page, to the last of them."""
    asked = Predicate(("all of", index.name), lambda _: sa.true(), first=partial(hits, index.name))
    return Condition(asked, _values(typed))


def nothing() -> Condition:
    """For what is too short."""
    return Condition(Predicate("nothing", lambda _: sa.false()), {})


def inside(index: Index, typed: str) -> Condition:
    """The same as a condition on each row that is looked at, without an index."""
    if is_postgresql():
        asked = Predicate(("inside", index.name), lambda row: words_of(index.name, row.id).like(sought()))
        return Condition(asked, _values(typed))
    ways = {typed}
    if not typed.isascii():  # it knows the capitals of plain letters only
        ways |= {typed.lower(), typed.upper(), typed.title()}
    escape = "\\" if re.search(r"[\\%_]", typed) else None  # to look for one takes longer
    values = {f"sought_{at}": _like(each) for at, each in enumerate(sorted(ways))}

    def has(columns: Any) -> sa.ColumnElement[bool]:
        here = [getattr(columns, name) for name in index.columns]
        sought = [sa.bindparam(each, type_=sa.Text) for each in values]
        return sa.or_(*(column.like(each, escape=escape) for column in here for each in sought))

    return Condition(Predicate(("inside", index.name, len(values), escape), has), values)


def wrong(connection: sa.Connection, index: Index) -> Iterator[str]:
    """Where words are kept apart from their rows by triggers of ours: those that are not what the rows say."""
    if connection.dialect.name == "postgresql":
        columns = [getattr(index.model, name) for name in index.columns]
        yield from (
            f"What is searched of {ref} is not what it says."
            for (ref,) in rows(connection, unlike(index.name, columns))
        )


@cache
def _found(name: str, most: int, _of_postgresql: bool) -> sa.CTE:
    """One of those that are listed, and one more: looked for once, however often a statement names them."""
    return hits(name, most + 1).cte(f"{name}_found").prefix_with("MATERIALIZED")


def _ids(name: str, most: int, of_postgresql: bool) -> Any:
    found = _found(name, most, of_postgresql)
    return sa.select(found.c.id).order_by(found.c.id.desc()).limit(fixed(most))


def _number(name: str, most: int, of_postgresql: bool) -> Any:
    return sa.select(sa.func.count()).select_from(_found(name, most, of_postgresql)).scalar_subquery()


def _values(typed: str) -> dict[str, str]:
    """As either database asks for it."""
    return {"sought": _like(typed), "phrase": '"' + typed.replace('"', '""') + '"'}


def _like(typed: str) -> str:
    return "%" + re.sub(r"([\\%_])", r"\\\1", typed) + "%"
