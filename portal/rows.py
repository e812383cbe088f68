"""New rows, written many at once: past the unit of work, which takes longer to think of a row than to write it."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import make_transient_to_detached

from portal.extensions import Base, Kept, db
from portal.rows_at_once import FEW, add_many
from portal.scope import check_writes

Row = Mapping[str, Any]
Model = TypeVar("Model", bound=Base)


def add_rows(table: type[Base], rows: Sequence[Row]) -> None:
    """In one statement, however many. Raises what a flush raises where they are not the writer's own."""
    if not rows:
        return
    check_writes(table.__tablename__, rows)
    if len(rows) > FEW:
        add_many(table, _whole(table, rows), named=False)
    else:
        _insert(table).write(rows)


def add_named(table: type[Base], rows: Sequence[Row]) -> dict[str, int]:
    """The same for rows that have a reference: their ids by it."""
    if not rows:
        return {}
    check_writes(table.__tablename__, rows)
    if len(rows) > FEW:
        return add_many(table, _whole(table, rows), named=True)
    return {row.ref: row.id for row in _insert_named(table).write(rows)}


def add_objects(model: type[Model], rows: Sequence[Row]) -> list[Model]:
    """The same, as objects that somebody works with afterwards, in the order of the rows."""
    whole = _whole(model, rows)
    ids = add_named(model, whole)
    return [_known_object(model, row | {"id": ids[row["ref"]]}) for row in whole]


def _whole(table: type[Base], rows: Sequence[Row]) -> list[dict[str, Any]]:
    """With what a column holds where nothing is said of it."""
    return [{name: make() for name, make in _defaults(table) if name not in row} | dict(row) for row in rows]


def _known_object(model: type[Model], values: dict[str, Any]) -> Model:
    """As the session has it that wrote it."""
    made: Any = sa.inspect(model).class_manager.new_instance()
    made.__dict__.update(_nothing(model) | values)
    make_transient_to_detached(made)
    db.session.add(made)
    return made  # type: ignore[no-any-return]


@cache
def _defaults(model: type[Base]) -> list[tuple[str, Callable[[], Any]]]:
    """What a column holds where nothing is said of it, as the ORM fills it in."""
    return [(column.key, _maker(column.default)) for column in model.__table__.columns if column.default is not None]


def _maker(default: Any) -> Callable[[], Any]:
    return (lambda: default.arg(None)) if default.is_callable else lambda: default.arg


@cache
def _nothing(model: type[Base]) -> dict[str, None]:
    return dict.fromkeys(column.key for column in model.__table__.columns)


@cache
def _insert(table: type[Base]) -> Kept:
    return Kept(sa.insert(_rows_of(table)))


@cache
def _insert_named(table: type[Base]) -> Kept:
    rows_of = _rows_of(table)
    return Kept(sa.insert(rows_of).returning(rows_of.c.id, rows_of.c.ref))


def _rows_of(table: type[Base]) -> Any:
    return table.__table__  # a statement about the class would pass through the unit of work
