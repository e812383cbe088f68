"""Rows with whole records in them, read as columns: to make an object of each record, and to know it again, takes the
ORM longer than the database takes to find it. What is read so is shown, and never changed."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from portal.extensions import Base
from portal.paging import row_maker

Maker = Callable[[Sequence[Any]], Any]
Model = TypeVar("Model", bound=Base)


def as_columns(statement: sa.Select[Any]) -> sa.Select[Any]:
    """The same statement; of each model that it selects all columns."""
    columns = (_columns(each["expr"]) for each in statement.column_descriptions)
    return statement.with_only_columns(*(column for some in columns for column in some))


def maker_of(statement: sa.Select[Any]) -> Maker:
    """Puts a row of those columns together: each model is a record of its columns, or None where there is none."""
    parts: list[Maker] = []
    at = 0
    for each in statement.column_descriptions:
        end = at + len(_columns(each["expr"]))
        parts.append(_record(at, end, each["expr"]) if _is_model(each["expr"]) else _value(at))
        at = end
    make = row_maker(tuple(each["name"] for each in statement.column_descriptions))
    return lambda row: make(part(row) for part in parts)


def object_of(model: type[Model], record: Any, **beside: Any) -> Model:
    """An object of what was read, as the ORM makes it, with what was read beside it; no session knows it."""
    made: Any = sa.inspect(model).class_manager.new_instance()
    made.__dict__.update(record._asdict(), **beside)
    return cast(Model, made)


def _record(at: int, end: int, model: Any) -> Maker:
    make = row_maker(tuple(column.key for column in _columns(model)))
    return lambda row: None if row[at] is None else make(row[at:end])


def _value(at: int) -> Maker:
    return lambda row: row[at]


def _columns(selected: Any) -> Sequence[Any]:
    """The first one of a model is its primary key, which is there where the record is."""
    if not _is_model(selected):
        return (selected,)
    return [getattr(selected, attribute.key) for attribute in sa.inspect(selected).column_attrs]


def _is_model(selected: Any) -> bool:
    return isinstance(selected, type)
