"""Rows with whole records in them, read as columns: to make an object of each record, and to know it again, takes the
ORM longer than the database takes to find it. What is read so is shown, and never changed."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from portal.extensions import Base
from portal.paging import row_maker

Maker = Callable[[Sequence[Any]], Any]
Model = TypeVar("Model", bound=Base)


def as_columns(statement: sa.Select[Any]) -> sa.Select[Any]:
    """The same statement; of each model that it selects all columns. One that is a model's too is read once."""
    return statement.with_only_columns(*_laid_out(statement)[0])


def maker_of(statement: sa.Select[Any]) -> Maker:
    """Puts a row of those columns together: each model is a record of its columns, or None where there is none."""
    selected, places = statement.column_descriptions, _laid_out(statement)[1]
    parts = [_part(each["expr"], place) for each, place in zip(selected, places, strict=True)]
    make = row_maker(tuple(each["name"] for each in selected))
    return lambda row: make([part(row) for part in parts])


def object_of(model: type[Model], record: Any, **beside: Any) -> Model:
    """An object of what was read, as the ORM makes it, with what was read beside it; no session knows it."""
    made: Any = sa.inspect(model).class_manager.new_instance()
    made.__dict__.update(record._asdict(), **beside)
    return cast(Model, made)


def _laid_out(statement: sa.Select[Any]) -> tuple[list[Any], list[int]]:
    """The columns, and where what the statement selects begins among them."""
    columns: list[Any] = []
    places = []
    for each in statement.column_descriptions:
        own = _columns(each["expr"])
        there = [place for place, column in enumerate(columns) if column is own[0]]
        if _is_model(each["expr"]) or not there:
            places.append(len(columns))
            columns += own
        else:
            places.append(there[0])
    return columns, places


def _part(selected: Any, at: int) -> Maker:
    if not _is_model(selected):
        return itemgetter(at)
    columns = _columns(selected)
    end, make = at + len(columns), row_maker(tuple(column.key for column in columns))
    return lambda row: None if row[at] is None else make(row[at:end])


def _columns(selected: Any) -> Sequence[Any]:
    """The first one of a model is its primary key, which is there where the record is."""
    if not _is_model(selected):
        return (selected,)
    return [getattr(selected, attribute.key) for attribute in sa.inspect(selected).column_attrs]


def _is_model(selected: Any) -> bool:
    return isinstance(selected, type)
