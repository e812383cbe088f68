"""What every connection is told, on SQLite and on PostgreSQL."""

import select
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, cached_property, partial
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import event
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import InvalidatePoolError

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: acknowledged means on the disk
    "foreign_keys": 1,
    "recursive_triggers": 1,  # else INSERT OR REPLACE walks past an append-only trigger
    "busy_timeout": 5000,
}
POSTGRES_OPTIONS = " ".join(
    [
        "-c timezone=UTC -c lock_timeout=5s -c statement_timeout=30s",
        "-c jit=off",  # takes longer to compile a query of ours than to run it
        "-c plan_cache_mode=force_generic_plan",  # a prepared query is planned once: planning took longer than running
    ]
)

_only_reads: ContextVar[bool] = ContextVar("only_reads", default=False)


def set_only_reads(value: bool) -> None:
    """A GET only reads; everything else takes SQLite's write lock at BEGIN, so that no race is lost later."""
    _only_reads.set(value)


def only_reads() -> bool:
    return _only_reads.get()


@contextmanager
def writing() -> Iterator[None]:
    """A short write of its own inside a request that only reads: a session's last use."""
    with _as(only_reads=False):
        yield


@contextmanager
def only_reading() -> Iterator[None]:
    """A transaction begun inside takes no write lock."""
    with _as(only_reads=True):
        yield


@contextmanager
def _as(*, only_reads: bool) -> Iterator[None]:
    before = _only_reads.get()
    _only_reads.set(only_reads)
    try:
        yield
    finally:
        _only_reads.set(before)


def engine_options(url: str) -> dict[str, Any]:
    options: dict[str, Any] = {
        "query_cache_size": 2000,
        "hide_parameters": True,  # or the log of a failure quotes what somebody typed
    }
    if make_url(url).get_backend_name() == "postgresql":
        options["connect_args"] = {"options": POSTGRES_OPTIONS, "connect_timeout": 5}
    return options


def prepare(engine: Engine) -> None:
    """Attach the connection rules to an engine."""
    if engine.dialect.name != "sqlite":
        _prepare_postgres(engine, engine.dialect.loaded_dbapi)
        return
    event.listen(engine, "connect", _set_pragmas)
    engine.dialect.do_begin = _begin  # type: ignore[method-assign]


def _prepare_postgres(engine: Engine, driver: Any) -> None:
    engine.dialect.statement_compiler = PlainLimits
    event.listen(engine, "do_connect", partial(_read_with, _cursor_of(driver)))
    event.listen(engine, "checkout", partial(_refuse_closed, driver.OperationalError))


def _read_with(cursor: type, _dialect: object, _record: object, _args: object, given: dict[str, Any]) -> None:
    given["cursor_factory"] = cursor


def _cursor_of(driver: Any) -> type:
    class Cursor(driver.Cursor):
        @property
        def description(self) -> Sequence[Any] | None:
            has_columns = self.pgresult is not None and self.pgresult.nfields
            return _Columns(lambda: super(Cursor, self).description) if has_columns else super().description

    return Cursor


class _Columns(Sequence[Any]):
    """Of a result, described when they are looked at: SQLAlchemy looks the first time that a statement runs, the driver
    would describe a hundred of them each time."""

    def __init__(self, describe: Callable[[], Sequence[Any]]) -> None:
        self._describe = describe

    @cached_property
    def _columns(self) -> Sequence[Any]:
        return self._describe()

    def __len__(self) -> int:
        return len(self._columns)

    def __getitem__(self, at: Any) -> Any:
        return self._columns[at]


class PlainLimits(PGCompiler_psycopg):
    """LIMIT is said as a number. A prepared query is planned once: of a limit that is a parameter the planner thinks a
    tenth of all rows, and reads a table of a million where an index has the first eight."""

    def limit_clause(self, select: Any, **given: Any) -> str:
        said: Any = super()
        return str(said.limit_clause(select, **given | {"literal_execute": True}))


class Session(FlaskSession):
    """A request that only reads needs no transaction on PostgreSQL, where each statement sees what is committed.

    BEGIN and ROLLBACK would be two more round trips, and at a ROLLBACK the driver forgets what it has prepared."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | sa.Connection:
        bind = super().get_bind(*args, **kwargs)
        if _only_reads.get() and isinstance(bind, Engine) and bind.dialect.name != "sqlite":
            return _without_transaction(bind)
        return bind


@cache
def _without_transaction(engine: Engine) -> Engine:
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def _refuse_closed(gone: type[Exception], connection: Any, _record: object, _proxy: object) -> None:
    """A server that went away has closed the socket, which then has something to read; asking it costs a round trip."""
    here = select.poll()
    here.register(connection.pgconn.socket, select.POLLIN)
    try:
        while here.poll(0):
            connection.pgconn.consume_input()
    except gone as failure:
        raise InvalidatePoolError from failure


def _set_pragmas(connection: Any, _: object) -> None:
    connection.isolation_level = None  # BEGIN is ours to say
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name}={value}")
        (found,) = connection.execute(f"PRAGMA {name}").fetchone()
        if found != value and connection.execute("PRAGMA database_list").fetchone()[2]:
            raise RuntimeError(f"SQLite keeps {name} at {found}, {value} was asked for")


def _begin(dbapi_connection: Any) -> None:
    """In place of the dialect's own, which leaves it to the driver. What the database says to it is an error of a
    statement's kind."""
    dbapi_connection.driver_connection.execute("BEGIN" if _only_reads.get() else "BEGIN IMMEDIATE")
