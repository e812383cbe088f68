"""Batches written in one transaction: past the ORM, with every constraint, key and trigger of the database on."""

import os
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.engine import Engine

from portal.errors import Refused
from portal.seeds.scale.bulk import NAMED, NUMBERED, Batch, Found

# In a rollback journal what is appended is written once, by way of the WAL twice.
_FOR_SPEED = ("journal_mode=truncate", "synchronous=off", "cache_size=-800000", "temp_store=memory")
_BUSY = "This portal is in use. Stop it, then load."


class Writer(ABC):
    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def found(self) -> Found:
        ask = self.driver.execute
        return Found(
            last_ids={table: ask(f"SELECT COALESCE(MAX(id), 0) FROM {table}").fetchone()[0] for table in NUMBERED},  # noqa: S608
            refs={table: frozenset(ref for (ref,) in ask(f"SELECT ref FROM {table}")) for table in NAMED},  # noqa: S608
            accounts={tuple(row[1:]): row[0] for row in ask("SELECT id, partner_id, kind, currency FROM accounts")},
            event_head=tuple(ask("SELECT seq, hash FROM event_head").fetchone()),
        )

    @abstractmethod
    def write(self, batch: Batch) -> None: ...


class _Sqlite(Writer):
    def write(self, batch: Batch) -> None:
        places = ", ".join("?" * len(batch.columns))
        insert = f"INSERT INTO {batch.table} ({', '.join(batch.columns)}) VALUES ({places})"  # noqa: S608
        self.driver.executemany(batch.sql or insert, batch.rows)


class _Postgres(Writer):
    def write(self, batch: Batch) -> None:
        cursor = self.driver.cursor()
        if batch.sql:
            cursor.executemany(batch.sql.replace("?", "%s"), batch.rows)
            return
        with cursor.copy(f"COPY {batch.table} ({', '.join(batch.columns)}) FROM STDIN") as copy:
            for row in batch.rows:
                copy.write_row(row)


@contextmanager
def loading(engine: Engine) -> Iterator[Writer]:
    """A transaction that only this process writes in: committed at the end, or as if it had never begun."""
    engine.dispose()  # a second connection would keep SQLite from changing its journal
    connection = engine.raw_connection()
    driver = connection.driver_connection
    connection.detach()  # what it is told here is forgotten with it
    try:
        load = _into_sqlite if engine.dialect.name == "sqlite" else _into_postgres
        with load(driver) as writer:
            yield writer
    finally:
        connection.close()


@contextmanager
def _into_sqlite(driver: Any) -> Iterator[Writer]:
    file = driver.execute("PRAGMA database_list").fetchone()[2]
    try:
        for pragma in _FOR_SPEED:
            driver.execute(f"PRAGMA {pragma}")
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as busy:
        raise Refused(_BUSY) from busy
    try:
        yield _Sqlite(driver)
        driver.execute("COMMIT")
    finally:
        if driver.in_transaction:
            driver.execute("ROLLBACK")
    with open(file, "rb") as written:
        os.fsync(written.fileno())
    driver.execute("PRAGMA synchronous=full")
    driver.execute("PRAGMA journal_mode=wal")


@contextmanager
def _into_postgres(driver: Any) -> Iterator[Writer]:
    """Keys are looked up by index: their checks are planned once, while the tables are still empty."""
    with driver.transaction():
        for setting in ("statement_timeout = 0", "enable_seqscan = off", "maintenance_work_mem = '512MB'"):
            driver.execute(f"SET LOCAL {setting}")
        driver.execute("ALTER TABLE company_keys DROP CONSTRAINT pk_company_keys")  # sorted once, at the end
        driver.execute("SELECT 1 FROM event_head FOR UPDATE")
        yield _Postgres(driver)
        driver.execute("ALTER TABLE company_keys ADD CONSTRAINT pk_company_keys PRIMARY KEY (key, company_id)")
        for table in NUMBERED:
            driver.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) FROM {table}))"  # noqa: S608
            )
    driver.autocommit = True
    driver.execute("SET statement_timeout = 0")
    driver.execute("VACUUM ANALYZE")
