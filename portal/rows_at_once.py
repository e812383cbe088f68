"""Many new rows past what binds the values of one: for hundreds of rows of fifty columns that takes longer than to
write them.

PostgreSQL is given all of them as one text of JSON, which it takes apart. SQLite, which runs in this process, is handed
the values as they are."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import chain
from operator import methodcaller
from typing import Any

import sqlalchemy as sa

from portal.extensions import Base, Kept, db

Row = Mapping[str, Any]
_Binder = Callable[[Any], Any] | None
FEW = 2
"""So many are written as one is."""
MOST_VALUES = 32_000
"""SQLite takes 32,766 in a statement."""


def add_many(table: type[Base], rows: Sequence[Row], *, named: bool) -> dict[str, int]:
    """In their order. They all name the same columns, and each that has a default. Returns their ids by reference where
    they are named."""
    writer = _writer(table, tuple(rows[0]), db.session.get_bind().dialect)
    return writer.add_named(rows) if named else writer.add(rows) or {}


class _Writer:
    def __init__(self, into: Any, names: Sequence[str], dialect: sa.Dialect) -> None:
        self._names = names
        self._bound = [_binder(into.c[name].type, dialect) for name in names]

    def _values(self, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
        columns = (
            [bind(row[name]) for row in rows] if bind else [row[name] for row in rows]
            for name, bind in zip(self._names, self._bound, strict=True)
        )
        return list(zip(*columns, strict=True))


class _AsJson(_Writer):
    def __init__(self, into: Any, names: Sequence[str], dialect: sa.Dialect) -> None:
        super().__init__(into, names, dialect)
        self._short = [f"c{place}" for place in range(len(names))]
        taken = _taken_apart([into.c[name].type for name in names], self._short)
        insert = sa.insert(into).from_select(list(names), taken, include_defaults=False)
        self._insert = Kept(insert)
        self._insert_named = Kept(insert.returning(*(into.c[name] for name in ("id", "ref") if name in into.c)))

    def add(self, rows: Sequence[Row]) -> None:
        self._insert.write({"rows": self._text(rows)})

    def add_named(self, rows: Sequence[Row]) -> dict[str, int]:
        return {row.ref: row.id for row in self._insert_named.write({"rows": self._text(rows)})}

    def _text(self, rows: Sequence[Row]) -> str:
        told = [dict(zip(self._short, values, strict=True)) for values in self._values(rows)]
        return json.dumps(told, default=methodcaller("isoformat"))


class _AsTuples(_Writer):
    def __init__(self, into: Any, names: Sequence[str], dialect: sa.Dialect) -> None:
        compiled: Any = sa.insert(into).compile(dialect=dialect, column_keys=list(names))
        super().__init__(into, compiled.positiontup, dialect)
        self._insert = str(compiled)
        self._one = f"({', '.join('?' * len(names))})"

    def add(self, rows: Sequence[Row]) -> None:
        self._run(self._insert, self._values(rows))

    def add_named(self, rows: Sequence[Row]) -> dict[str, int]:
        """In few statements: the index for searches is written at the end of each."""
        values, at_once = self._values(rows), MOST_VALUES // len(self._names)
        ids: dict[str, int] = {}
        for start in range(0, len(values), at_once):
            some = values[start : start + at_once]
            text = f"{self._insert}{f', {self._one}' * (len(some) - 1)} RETURNING id, ref"
            ids |= {row.ref: row.id for row in self._run(text, tuple(chain.from_iterable(some)))}
        return ids

    def _run(self, text: str, values: Any) -> sa.CursorResult[Any]:
        db.session.flush()
        return db.session.connection().exec_driver_sql(text, values)


@cache
def _writer(table: type[Base], names: tuple[str, ...], dialect: sa.Dialect) -> _AsJson | _AsTuples:
    return (_AsJson if dialect.name == "postgresql" else _AsTuples)(table.__table__, names, dialect)


def _taken_apart(kinds: Sequence[Any], short: Sequence[str]) -> sa.Select[Any]:
    rows = sa.cast(sa.bindparam("rows", type_=sa.Text()), sa.JSON())
    columns = [sa.column(name, sa.Text() if _is_json(kind) else kind) for name, kind in zip(short, kinds, strict=True)]
    each = sa.func.json_to_recordset(rows).table_valued(*columns, name="each").render_derived(with_types=True)
    of_each = zip(each.c, kinds, strict=True)
    return sa.select(*(sa.cast(column, sa.JSON()) if _is_json(kind) else column for column, kind in of_each))


def _binder(kind: Any, dialect: sa.Dialect) -> _Binder:
    """What a column makes of a value before the driver has it. JSON is text here: its null is not a column's."""
    if _is_json(kind):
        return _or_null if kind.none_as_null else json.dumps
    binder: _Binder = kind.dialect_impl(dialect).bind_processor(dialect)
    return binder


def _or_null(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


def _is_json(kind: Any) -> bool:
    return isinstance(kind, sa.JSON)
