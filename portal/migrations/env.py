"""Alembic's entry. Migrations run in one transaction, on SQLite with foreign keys off and checked before the end."""

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from portal.extensions import Base, UTCDateTime

SCOPE = {"partner_scope": "migrations move every partner's rows"}


def include_object(_object: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
    """What the models do not say: the indexes of words, see `words.py`."""
    return not (kind in ("table", "index") and name is not None and name.startswith("search_"))


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """A migration stands alone: it names no type of the program."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UTCDateTime) else False


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
        include_object=include_object,
        render_item=render_item,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")  # an index of a large table takes minutes
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"the migration leaves broken foreign keys: {broken[:5]}")


def run() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:  # a restore, which does everything in one transaction of its own
        migrate(given)
        return
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect().execution_options(**SCOPE) as connection:
        if connection.dialect.name == "sqlite":
            # With foreign keys on, the rebuild of a parent table fails half-way; the pragma only holds outside
            # of a transaction, so it is said to the driver before BEGIN.
            raw = connection.connection.driver_connection
            raw.execute("PRAGMA foreign_keys=OFF")
            try:
                migrate(connection)
            finally:
                raw.execute("PRAGMA foreign_keys=ON")
        else:
            migrate(connection)


run()
