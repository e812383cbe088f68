"""Rows that have something inside of their words, the latest first: their ids, as a part of whatever statement.

SQLite's index gives them in this order. PostgreSQL's gives all of them, in none: it is asked for what is rare. What is
not rare is met soon by whoever reads line after line, from the latest on."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from portal.choices import fixed
from portal.extensions import db

NEAR = 1_500
"""Lines that are read in any case, in a third of a millisecond."""
FAR = 20_000
"""Lines that are read where these say that as many as are wanted are among them."""
LINES_TO_A_MATCH = 3
"""Lines that are read in the time that the index takes for one match."""
_SOUGHT, _PHRASE = (sa.bindparam(each, type_=sa.Text) for each in ("sought", "phrase"))
_In = Callable[[Any], Any]


def is_postgresql() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"


def hits(name: str, most: int, *, after: Any = None, down: bool = True) -> sa.Select[Any]:
    """The column `id` of the first so many `after` one, of an index by its name."""

    def here(row_id: Any) -> Any:
        if after is None:
            return sa.true()
        return row_id < after if down else row_id > after

    def place(row_id: Any) -> Any:
        return row_id.desc() if down else row_id.asc()

    return (_postgresql if is_postgresql() else _sqlite)(name, most, here, place)


def words_of(name: str, row_id: Any) -> sa.ColumnElement[str]:
    """On PostgreSQL, the words of a row, in small letters."""
    words = _table(name)
    return sa.select(words.c.words).where(words.c.id == row_id).scalar_subquery()


def unlike(name: str, columns: Sequence[Any]) -> sa.Select[Any]:
    """On PostgreSQL: the references of rows whose words are kept otherwise or not at all, and words of no row."""
    words, row_id = _table(name), columns[0].class_.id
    text = sa.func.lower(sa.func.concat_ws(sa.literal_column("E'\\n'"), *columns))
    ref = sa.func.coalesce(columns[0].class_.ref, sa.cast(words.c.id, sa.Text))
    both = sa.select(ref).join_from(columns[0].class_, words, words.c.id == row_id, full=True)
    return both.where(words.c.words.is_distinct_from(text))


def sought() -> sa.ScalarSelect[Any]:
    """The pattern in small letters, made once however many rows are looked at."""
    return sa.select(sa.func.lower(_SOUGHT)).scalar_subquery()


def _table(name: str) -> Any:
    return sa.table(name, sa.column("id", sa.BigInteger), sa.column("words", sa.Text))


def _sqlite(name: str, most: int, here: _In, place: _In) -> sa.Select[Any]:
    words = sa.table(name, sa.column("rowid", sa.Integer), sa.column(name))
    row_id, has = words.c.rowid, words.c[name].op("MATCH")(_PHRASE)
    return sa.select(row_id.label("id")).where(has, here(row_id)).order_by(place(row_id)).limit(fixed(most))


def _postgresql(name: str, most: int, here: _In, place: _In) -> sa.Select[Any]:
    """What is read in order counts where it is as much as is wanted; else the index is asked, which has all."""

    def in_order(called: str, lines: int, when: sa.ColumnElement[bool]) -> sa.CTE:
        w = _table(name).c
        read = sa.select(w.id, w.words).where(here(w.id), when).order_by(place(w.id)).limit(fixed(lines))
        line = read.subquery().c
        found = sa.select(line.id).where(line.words.like(sought())).order_by(place(line.id)).limit(fixed(most))
        return found.cte(f"{name}_{called}").prefix_with("MATERIALIZED")

    def number(of: sa.CTE) -> Any:
        return sa.select(sa.func.count()).select_from(of).scalar_subquery()

    near = in_order("near", NEAR, sa.true())
    all_lines = sa.select(sa.func.max(_table(name).c.id)).scalar_subquery()
    is_frequent = number(near) * number(near) * all_lines > fixed(NEAR * NEAR * most // LINES_TO_A_MATCH)
    far = in_order("far", FAR, sa.and_(number(near) < fixed(most), is_frequent))
    w = _table(name).c
    is_rare = sa.and_(number(near) < fixed(most), number(far) < fixed(most))
    matching = sa.select(w.id).where(w.words.like(sought()), is_rare).offset(fixed(0)).subquery().c  # by itself
    every = sa.select(matching.id).where(here(matching.id)).order_by(place(matching.id)).limit(fixed(most)).subquery()
    every_id = sa.union(*(sa.select(each.c.id) for each in (near, far, every))).subquery().c.id
    return sa.select(every_id).order_by(place(every_id)).limit(fixed(most))
