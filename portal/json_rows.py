"""Rows beside a row, read in its own statement: as one JSON value, so that a page that shows both asks once."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ColumnElement
from sqlalchemy.sql.functions import FunctionElement


class json_rows(FunctionElement[Any]):  # noqa: N801  (reads as a function in a statement)
    """Aggregates `name=column` of each row as an object; a list of them, in no order. Empty is [] or None."""

    type = sa.JSON()
    inherit_cache = True

    def __init__(self, **columns: ColumnElement[Any]) -> None:
        pairs = (each for name, column in columns.items() for each in (sa.literal_column(f"'{name}'"), column))
        super().__init__(*pairs)


@compiles(json_rows, "sqlite")
def _sqlite(element: json_rows, compiler: Any, **given: Any) -> str:
    return f"json_group_array(json_object({compiler.process(element.clauses, **given)}))"


@compiles(json_rows, "postgresql")
def _postgresql(element: json_rows, compiler: Any, **given: Any) -> str:
    return f"json_agg(json_build_object({compiler.process(element.clauses, **given)}))"


def instant(row: Mapping[str, Any], name: str) -> datetime | None:
    """A time of such a row, which JSON holds as text."""
    if row[name] is None:
        return None
    at = datetime.fromisoformat(row[name])
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
