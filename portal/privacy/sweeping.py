"""After rows were emptied: the files, the mails in a folder, and what the database itself still holds of them.

SQLite keeps old bytes in free pages and in the write-ahead log, PostgreSQL in dead rows and in the samples of its
planner. Both are written anew here. What lies outside of these stays for the operator: docs/operators.md says it."""

import time
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.engine import Engine

from portal import mail_folder, storage
from portal.config import Settings
from portal.extensions import db
from portal.later import later
from portal.privacy.emptying import Left, is_named
from portal.privacy.inventory import COLUMNS
from portal.privacy.rules import Kind

if TYPE_CHECKING:
    from psycopg import sql
else:
    sql = later("psycopg.sql")

_OF_PEOPLE = frozenset(Kind) - {Kind.TEXT, Kind.NOTHING}
TABLES = tuple(name for name, kinds in COLUMNS.items() if kinds.keys() & _OF_PEOPLE)


WAIT_S = 10
QUICK_BYTES = 100 * 1024 * 1024
"""What is written anew within some seconds."""


class StillRead(OSError):  # noqa: N818  (it says what is in the way)
    """Somebody reads or writes since before the erasure; the old bytes cannot be let go of yet."""


def delete_files(left: Left) -> None:
    """What no row leads to any more. Raises OSError where a file is held."""
    settings: Settings = current_app.config["SETTINGS"]
    for sha256 in left.files:
        if not is_named(sha256):
            storage.delete(sha256)
    db.session.rollback()
    mail_folder.forget(settings.mail_url, left.mails)


def takes_long(connection: sa.Connection) -> bool:
    """Whether others would wait while the database is written anew: then that is done in the night."""
    if connection.dialect.name == "postgresql":
        size = connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()
    else:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        size = pages * connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    return bool(size > QUICK_BYTES)


def compact(engine: Engine) -> None:
    """Write the database anew, without a trace of what was deleted from it. No transaction may be open.

    Raises OSError where it is being read from before, and the database's own errors."""
    if engine.dialect.name == "postgresql":
        _compact_postgresql(engine)
    else:
        _compact_sqlite(engine)


def _compact_sqlite(engine: Engine) -> None:
    raw = engine.raw_connection()
    sqlite = raw.driver_connection
    assert sqlite is not None  # noqa: S101  (it was opened in the line before)
    try:
        for index in _words_of(sqlite, "sqlite"):
            sqlite.execute(f"INSERT INTO {index} ({index}) VALUES ('optimize')")  # noqa: S608  (a name of our schema)
        sqlite.execute("VACUUM")
        (is_held, _, _) = sqlite.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        raw.close()
    if is_held:
        raise StillRead("The database is being read from before the erasure.")


_WORDS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE name LIKE 'search!_%' ESCAPE '!' AND sql LIKE 'CREATE VIRTUAL %'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE tablename LIKE 'search!_%' ESCAPE '!'",
}
"""The tables by which words are found: they keep what was taken out until they are written anew, or merged."""


def _words_of(connection: Any, database: str) -> list[str]:
    return [name for (name,) in connection.execute(_WORDS[database])]


def _compact_postgresql(engine: Engine) -> None:
    raw = engine.raw_connection()
    postgresql = raw.driver_connection
    raw.detach()  # what it is told here is forgotten with it
    assert postgresql is not None  # noqa: S101  (it was opened in the line before)
    try:
        postgresql.autocommit = True
        postgresql.execute("SET statement_timeout = 0")
        words = _words_of(postgresql, "postgresql")
        for table in (*TABLES, *words, "pg_statistic"):  # the samples last: those that this replaces go, too
            _wait_for_older(postgresql)
            postgresql.execute(sql.SQL("VACUUM (FULL, ANALYZE) {}").format(sql.Identifier(table)))
    finally:
        raw.close()


def _wait_for_older(postgresql: Any) -> None:
    """What a transaction from before may see is kept, in whatever database of the server that runs."""
    (last,) = postgresql.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
    until = time.monotonic() + WAIT_S
    while postgresql.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint").fetchone()[0] <= last:
        if time.monotonic() > until:
            raise StillRead("The database is being used since before the erasure.")
        postgresql.execute("SELECT pg_sleep(0.05)")
