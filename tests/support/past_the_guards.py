"""Damage for the proof to find: what a person with the database's own shell could do, never the program."""

import re

from portal.extensions import db


def tampered(change: str) -> None:
    """Run one change of one table with its guards set aside, then put them back."""
    table = re.search(r"(?:UPDATE|INTO|FROM) (\w+)", change)
    assert table
    db.session.rollback()  # the test may still hold what it read
    if db.engine.dialect.name == "postgresql":
        _on_postgresql(table[1], change)
    else:
        _on_sqlite(table[1], change)


def _on_postgresql(table: str, change: str) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        connection.exec_driver_sql(change)
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _on_sqlite(table: str, change: str) -> None:
    raw = db.engine.raw_connection()
    sqlite = raw.driver_connection
    assert sqlite
    found = f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'"  # noqa: S608
    guards = sqlite.execute(found).fetchall()
    drops = [f"DROP TRIGGER {name}" for name, _ in guards]
    try:
        for statement in ("PRAGMA foreign_keys=OFF", *drops, change, *(sql for _, sql in guards)):
            sqlite.execute(statement)
    finally:
        raw.invalidate()  # its foreign keys are off
