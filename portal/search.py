"""Words anywhere inside of a few columns: by an index of all their groups of three letters, which the database itself
keeps in the transaction that changes a row (SQLite FTS5, PostgreSQL pg_trgm).

Staff ask that index. A partner's words are looked for in its own rows only, one by one as its list is read: how long
that takes tells nothing of what others have."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.choices import Condition, Predicate, fixed
from portal.extensions import Base, db

LEAST = 3
"""Letters or digits: what is shorter stands in every other name."""
MOST = 200
"""The latest that are found; whoever wants another types more."""
RECENT = 2_000
"""Rows that are looked through before PostgreSQL's index is asked."""
MOST_RARE = 4_000
"""What that index may give: it gives them in no order."""
TOO_SHORT = f"Type at least {LEAST} letters or digits to search."


@dataclass(frozen=True)
class Index:
    """The columns of a table that are searched together."""

    model: type[Base]
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"search_{self.model.__tablename__}"


@dataclass(frozen=True)
class Found:
    ids: Sequence[int]
    """The latest first."""
    note: str = ""
    """Where not everything was looked at, a sentence that says so."""


def everywhere(index: Index, read: sa.Select[Any], typed: str) -> Found:
    """Rows of any company that have this inside; `read` says on whose behalf."""
    if len(typed) < LEAST:
        return Found((), TOO_SHORT)
    if db.session.get_bind().dialect.name == "postgresql":
        ids = _postgresql(index, read, typed)
    else:
        ids = _sqlite(index, read, typed)
    return Found(ids[:MOST], _cut(ids))


def inside(index: Index, typed: str) -> Condition:
    """The same as a condition on each row that is looked at, without an index."""
    ways = {typed}
    if not typed.isascii():  # a database may know the capitals of plain letters only
        ways |= {typed.lower(), typed.upper(), typed.title()}
    values = {f"sought_{at}": _like(each) for at, each in enumerate(sorted(ways))}

    def has(columns: Any) -> sa.ColumnElement[bool]:
        here = [getattr(columns, name) for name in index.columns]
        is_sqlite = db.session.get_bind().dialect.name == "sqlite"  # whose LIKE takes plain letters for one anyway
        alike = [column.like if is_sqlite else column.ilike for column in here]
        return sa.or_(*(like(sa.bindparam(each, type_=sa.Text), escape="\\") for like in alike for each in values))

    return Condition(Predicate(("inside", index.name, len(values)), has), values)


def _cut(ids: Sequence[int]) -> str:
    return f"These are the latest {MOST} that have it; type more to find others." if len(ids) > MOST else ""


def _sqlite(index: Index, read: sa.Select[Any], typed: str) -> Sequence[int]:
    words = sa.table(index.name, sa.column("rowid", sa.Integer), sa.column(index.name))
    phrase = '"' + typed.replace('"', '""') + '"'
    has = words.c[index.name].op("MATCH")(phrase)
    wanted = sa.select(words.c.rowid).where(has).order_by(words.c.rowid.desc()).limit(MOST + 1)
    return db.session.scalars(wanted.execution_options(**read.get_execution_options())).all()


def _postgresql(index: Index, read: sa.Select[Any], typed: str) -> Sequence[int]:
    """The latest rows have enough of a common word; the index is asked for a rare one only. One statement."""
    table = index.model.__table__
    like = _like(typed)
    latest = sa.select(*table.c).order_by(table.c.id.desc()).limit(fixed(RECENT)).subquery("latest")
    first = sa.select(latest.c.id).where(_text(index, latest.c).ilike(like, escape="\\")).order_by(latest.c.id.desc())
    recent = first.limit(MOST + 1).cte("recent").prefix_with("MATERIALIZED", dialect="postgresql")
    is_rare = sa.select(sa.func.count()).select_from(recent).scalar_subquery() <= MOST
    every = sa.select(table.c.id).where(is_rare, _text(index, table.c).ilike(like, escape="\\")).limit(fixed(MOST_RARE))
    both = sa.union(sa.select(recent.c.id), sa.select(every.subquery("every").c.id)).subquery("both")
    wanted = sa.select(both.c.id).order_by(both.c.id.desc()).limit(MOST + 1)
    return db.session.scalars(wanted.execution_options(**read.get_execution_options())).all()


def _like(typed: str) -> str:
    return "%" + re.sub(r"([\\%_])", r"\\\1", typed) + "%"


def _text(index: Index, columns: Any) -> sa.ColumnElement[str]:
    """What the index is of, word for word as its migration says it."""
    first, *more = (sa.func.coalesce(columns[name], sa.literal_column("''")) for name in index.columns)
    text: Any = first
    for each in more:
        text = text.op("||")(sa.literal_column("' '")).op("||")(each)
    return sa.type_coerce(text, sa.Text)
