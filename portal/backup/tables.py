"""Rows as lines of JSON, the same from either database and into either: a time is text in UTC, a truth 0 or 1, a JSON
value its own text."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

from portal.errors import Refused

TIME = "YYYY-MM-DD HH24:MI:SS.US"
"""As SQLite keeps it; PostgreSQL is asked to write it so."""
VERSIONS = "alembic_version"
WORDS = "search_"
"""Of words inside of other tables: made anew from them."""
ROWS_AT_A_TIME = 2_000


def tables_of(connection: sa.Connection) -> list[sa.Table]:
    """The tables as they stand in the database, whatever this program would make of them."""
    found = sa.MetaData()
    found.reflect(connection, only=lambda name, _: not name.startswith(WORDS))
    return [table for name, table in sorted(found.tables.items()) if name != VERSIONS]


def revision_of(connection: sa.Connection) -> str:
    """Which migration the database stands at. Raises Refused where it has none."""
    if not sa.inspect(connection).has_table(VERSIONS):
        raise Refused("There is no database of the portal here. Run `portal migrate` first.")
    return str(connection.scalar(sa.select(sa.column("version_num")).select_from(sa.table(VERSIONS))))


def columns_line(table: sa.Table) -> str:
    """What the lines of a table begin with."""
    return json.dumps([column.name for column in table.c])


def lines_of(connection: sa.Connection, table: sa.Table) -> Iterator[str]:
    """Each row as a JSON array, made by the database itself, streamed."""
    if connection.dialect.name == "postgresql":
        row: Any = sa.cast(sa.func.json_build_array(*map(_plain, table.c)), sa.Text)
    else:
        row = sa.func.json_array(*table.c, type_=sa.Text)
    with connection.execute(sa.select(row), execution_options={"yield_per": ROWS_AT_A_TIME}) as found:
        for (line,) in found:
            yield line


def _plain(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    if isinstance(column.type, sa.DateTime):
        return sa.func.to_char(sa.func.timezone("UTC", column), TIME)
    if isinstance(column.type, sa.Boolean):
        return sa.cast(column, sa.Integer)
    if isinstance(column.type, (sa.JSON, sa.Numeric)):
        return sa.cast(column, sa.Text)
    return column


@contextmanager
def laid_open(connection: sa.Connection) -> Iterator[None]:
    """Inside, every table is empty and takes rows in any order; afterwards its guards stand again, and every reference
    was looked at. On SQLite foreign keys have to be off."""
    lay_open = _postgresql if connection.dialect.name == "postgresql" else _sqlite
    with lay_open(connection, tables_of(connection)):
        yield


@contextmanager
def _sqlite(connection: sa.Connection, tables: Sequence[sa.Table]) -> Iterator[None]:
    found = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    guards = connection.exec_driver_sql(found).all()
    for name, _ in guards:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    for table in tables:
        connection.execute(sa.delete(table))
    yield
    for _, guard in guards:
        connection.exec_driver_sql(guard)
    rewrite_words(connection)
    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
        raise Refused(f"Rows of the backup point at rows that are not in it: {broken[0][0]} at {broken[0][2]}.")


def rewrite_words(connection: sa.Connection) -> None:
    """The tables by which words are found, from the tables that have them."""
    is_postgresql = connection.dialect.name == "postgresql"
    for name in words_of(connection):
        again = f"SELECT {name}_write()" if is_postgresql else f"INSERT INTO {name} ({name}) VALUES ('rebuild')"  # noqa: S608
        connection.exec_driver_sql(again)


def words_of(connection: sa.Connection) -> Sequence[str]:
    """The names of the tables by which words are found."""
    if connection.dialect.name == "postgresql":
        made = "SELECT tablename FROM pg_tables WHERE tablename LIKE 'search!_%%' ESCAPE '!'"
    else:
        made = "SELECT name FROM sqlite_master WHERE name LIKE 'search!_%' ESCAPE '!' AND sql LIKE 'CREATE VIRTUAL %'"
    return connection.exec_driver_sql(made).scalars().all()


@contextmanager
def _postgresql(connection: sa.Connection, tables: Sequence[sa.Table]) -> Iterator[None]:
    keys = (
        "SELECT quote_ident(relname), quote_ident(conname), pg_get_constraintdef(c.oid) FROM pg_constraint c"
        " JOIN pg_class r ON r.oid = conrelid WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
    )
    references = connection.exec_driver_sql(keys).all()
    for table, name, _ in references:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for each in tables:
        connection.exec_driver_sql(f'ALTER TABLE "{each.name}" DISABLE TRIGGER USER')
        connection.exec_driver_sql(f'TRUNCATE "{each.name}"')
    yield
    for each in tables:
        connection.exec_driver_sql(f'ALTER TABLE "{each.name}" ENABLE TRIGGER USER')
        _continue_numbers(connection, each)
    for table, name, definition in references:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    rewrite_words(connection)


def _continue_numbers(connection: sa.Connection, table: sa.Table) -> None:
    """The next row gets the number after the last one."""
    for column in table.primary_key:
        sequence = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(table.name, column.name)))
        if sequence:
            last = sa.select(sa.func.max(column)).scalar_subquery()
            connection.execute(sa.select(sa.func.setval(sequence, sa.func.coalesce(last, 1), last.is_not(None))))


def load(connection: sa.Connection, table: str, data: bytes) -> int:
    """Put rows into a table: the names of its columns, then a row a line. Gives how many they were."""
    columns, *rows = map(json.loads, data.decode().split("\n"))
    try:
        _put(connection, table, columns, rows)
    except (psycopg.Error, sqlite3.Error) as failure:
        raise Refused(f"Rows of {table} can't be put back: {str(failure).splitlines()[0]}.") from failure
    return len(rows)


def _put(connection: sa.Connection, table: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
        with driver.cursor() as cursor, cursor.copy(into) as copy:
            for row in rows:
                copy.write_row(row)
    else:
        insert = sa.insert(sa.table(table, *map(sa.column, columns)))
        driver.executemany(str(insert.compile(dialect=connection.dialect)), rows)
