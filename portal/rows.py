"""New rows that nobody works with afterwards: written many at once, and not loaded as objects."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from portal.extensions import Base, db
from portal.scope import check_writes

Row = Mapping[str, Any]


def add_rows(table: type[Base], rows: Sequence[Row]) -> None:
    """In one statement, however many. Raises what a flush raises where they are not the writer's own."""
    if rows:
        check_writes(table.__tablename__, rows)
        db.session.execute(_insert(table), rows)


def add_named(table: type[Base], rows: Sequence[Row]) -> dict[str, int]:
    """The same for rows that have a reference: their ids by it."""
    if not rows:
        return {}
    check_writes(table.__tablename__, rows)
    found = db.session.execute(_insert_named(table), rows)
    return {row.ref: row.id for row in found}


@cache
def _insert(table: type[Base]) -> sa.Insert:
    rows_of: Any = table.__table__  # a statement about the class would pass through the unit of work
    return sa.insert(rows_of)


@cache
def _insert_named(table: type[Base]) -> Any:
    return _insert(table).returning(table.__table__.c.id, table.__table__.c.ref)
