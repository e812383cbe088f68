"""What must hold over all rows, whatever code wrote them. Each package says it in its `checks.py`.

`portal verify`, the tests, restore drills and the nightly job all end with `broken()`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from portal.database import only_reading
from portal.extensions import db
from portal.scope import OPTION

Find = Callable[[sa.Connection], Iterator[str]]
ROWS_AT_A_TIME = 1000


@dataclass(frozen=True)
class Check:
    claim: str
    """What must hold, as a sentence."""
    find: Find


CHECKS: list[Check] = []


def check(claim: str) -> Callable[[Find], Find]:
    """Register a generator that is given a connection and yields a sentence naming each row that breaks the claim.

    It reads by `rows`, so that a million of them take no more memory than a thousand."""

    def register(find: Find) -> Find:
        CHECKS.append(Check(claim, find))
        return find

    return register


def rows(connection: sa.Connection, statement: sa.Executable) -> Iterator[sa.Row[*tuple[Any, ...]]]:
    """The rows, streamed."""
    with connection.execute(statement, execution_options={"yield_per": ROWS_AT_A_TIME}) as found:
        yield from found


def broken() -> Iterator[str]:
    """A sentence for each row that breaks an invariant, as committed; none where everything holds."""
    for each in CHECKS:
        try:
            with one_moment() as connection:
                yield from each.find(connection)
        except DBAPIError as failure:
            yield f"Could not look whether “{each.claim}” holds: {str(failure.orig).strip().splitlines()[0]}"


@contextmanager
def one_moment() -> Iterator[sa.Connection]:
    """A connection that sees every row as it stood at one moment, waits for no writer and holds none up."""
    with db.engine.connect() as connection:
        connection = connection.execution_options(**{OPTION: "proofs and backups: every row of everyone is looked at"})
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        else:
            with only_reading():
                connection.begin()
        yield connection


@check("The database is whole")
def _whole(connection: sa.Connection) -> Iterator[str]:
    if connection.dialect.name == "sqlite":
        for (found,) in connection.exec_driver_sql("PRAGMA integrity_check"):
            if found != "ok":
                yield f"The database file is damaged: {found}."


@check("Every reference leads to a row")
def _references(connection: sa.Connection) -> Iterator[str]:
    if connection.dialect.name == "sqlite":
        for table, rowid, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            yield f"Row {rowid} of {table} points at a row of {parent} that is not there."
        return
    unproven = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE NOT convalidated"
    for table, name in connection.exec_driver_sql(unproven):
        yield f"The constraint {name} of {table} was never checked against its rows."


@check("The guards in the database are switched on")
def _guards(connection: sa.Connection) -> Iterator[str]:
    if connection.dialect.name == "postgresql":
        off = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgenabled IN ('D', 'R')"
        for table, name in connection.exec_driver_sql(off):
            yield f"The trigger {name} of {table} is switched off."
