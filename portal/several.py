"""Several values as one parameter: a statement that asks for some rows reads the same however many they are, so that it
is compiled, and planned by the database, once."""

import json
from collections.abc import Sequence
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


def among(column: Any, name: str) -> sa.ColumnElement[bool]:
    """Whether a column of whole numbers or of words has one of the values of the parameter of this name."""
    return _Among(column, _values_for(column, name))


def each_of(column: Any, name: str) -> Any:
    """The values of the parameter of this name as rows, each in a column `value`: what a statement looks up of each,
    it looks up by an index, whatever else a planner would think of. They are such values as the column holds."""
    return _Each(_values_for(column, name)).table_valued(sa.column("value", column.type), name="value")


def _values_for(column: Any, name: str) -> sa.BindParameter[Any]:
    kind = sa.BigInteger if issubclass(column.type.python_type, int) else sa.String
    return sa.bindparam(name, type_=_Several(kind))


class _Several(sa.types.TypeDecorator[Sequence[Any]]):
    """SQLite is given a text of JSON, PostgreSQL an array."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, kind: type[sa.BigInteger] | type[sa.String]) -> None:
        super().__init__()
        self.kind = kind

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        is_text = dialect.name == "sqlite"
        return dialect.type_descriptor(sa.Text() if is_text else postgresql.ARRAY(self.kind()))

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        plain = [each.value if isinstance(each, Enum) else each for each in value]
        return json.dumps(plain) if dialect.name == "sqlite" else plain


class _Among(FunctionElement[bool]):
    type = sa.Boolean()
    inherit_cache = True


class _Each(FunctionElement[Any]):
    inherit_cache = True


@compiles(_Among, "sqlite")
def _in_json(element: _Among, compiler: SQLCompiler, **given: Any) -> str:
    column, values = (compiler.process(each, **given) for each in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({values})))"  # noqa: S608 (a column and a parameter, compiled)


@compiles(_Among, "postgresql")
def _in_array(element: _Among, compiler: SQLCompiler, **given: Any) -> str:
    column, values = (compiler.process(each, **given) for each in element.clauses)
    return f"({column} = ANY ({values}))"


@compiles(_Each, "sqlite")
def _each_of_json(element: _Each, compiler: SQLCompiler, **given: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **given)})"


@compiles(_Each, "postgresql")
def _each_of_array(element: _Each, compiler: SQLCompiler, **given: Any) -> str:
    return f"unnest({compiler.process(element.clauses, **given)})"
