"""After rows were emptied: the files, the mails in a folder, and what the database itself still holds of them.

SQLite keeps old bytes in free pages and in the write-ahead log, PostgreSQL in dead rows and in the samples of its
planner. Both are written anew here. What lies outside of these stays for the operator: docs/operators.md says it."""

from flask import current_app
from psycopg import sql
from sqlalchemy.engine import Engine

from portal import mail, storage
from portal.config import Settings
from portal.extensions import db
from portal.privacy.emptying import Left, is_named
from portal.privacy.inventory import COLUMNS
from portal.privacy.rules import Kind

_OF_PEOPLE = frozenset(Kind) - {Kind.TEXT, Kind.NOTHING}
TABLES = tuple(name for name, kinds in COLUMNS.items() if kinds.keys() & _OF_PEOPLE)


class StillRead(OSError):  # noqa: N818  (it says what is in the way)
    """Somebody reads from before the erasure; the write-ahead log cannot be emptied yet."""


def sweep(left: Left) -> None:
    """Delete what no row leads to any more, then write the database anew. No transaction may be open.

    Raises OSError where a file or the log is held, and the database's own errors."""
    settings: Settings = current_app.config["SETTINGS"]
    for sha256 in left.files:
        if not is_named(sha256):
            storage.delete(sha256)
    db.session.rollback()
    mail.forget(settings.mail_url, left.mails)
    compact(db.engine)


def compact(engine: Engine) -> None:
    """Write the database anew, without a trace of what was deleted from it."""
    if engine.dialect.name == "postgresql":
        _compact_postgresql(engine)
    else:
        _compact_sqlite(engine)


def _compact_sqlite(engine: Engine) -> None:
    raw = engine.raw_connection()
    sqlite = raw.driver_connection
    assert sqlite is not None  # noqa: S101  (it was opened in the line before)
    try:
        sqlite.execute("VACUUM")
        (is_held, _, _) = sqlite.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        raw.close()
    if is_held:
        raise StillRead("The database is being read from before the erasure.")


def _compact_postgresql(engine: Engine) -> None:
    raw = engine.raw_connection()
    postgresql = raw.driver_connection
    raw.detach()  # what it is told here is forgotten with it
    assert postgresql is not None  # noqa: S101  (it was opened in the line before)
    try:
        postgresql.autocommit = True
        postgresql.execute("SET statement_timeout = 0")
        for table in TABLES:
            postgresql.execute(sql.SQL("VACUUM (FULL, ANALYZE) {}").format(sql.Identifier(table)))
        postgresql.execute("VACUUM (FULL) pg_statistic")  # the samples of the columns, old ones too
    finally:
        raw.close()
