"""What the database itself refuses, whatever code runs: written once for both dialects, used by migrations."""

import re
from collections.abc import Sequence

from alembic import op


def append_only(table: str) -> None:
    """No UPDATE, no DELETE, and on PostgreSQL no TRUNCATE."""
    _refuse(table, "UPDATE", None, f"{table} is append-only")
    _refuse(table, "DELETE", None, f"{table} is append-only")


def keep(table: str) -> None:
    """No DELETE."""
    _refuse(table, "DELETE", None, f"rows of {table} are kept")


def freeze(table: str, columns: Sequence[str], when: str | None = None) -> None:
    """These columns never change again (where `when`, said of OLD, holds)."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    differs = "IS NOT" if is_sqlite else "IS DISTINCT FROM"
    text = "" if is_sqlite else "::text"
    changed = " OR ".join(f"NEW.{column}{text} {differs} OLD.{column}{text}" for column in columns)
    condition = f"({changed})" if when is None else f"({changed}) AND ({when})"
    _refuse(table, "UPDATE", condition, f"{table}: {', '.join(columns)} are frozen")


def forbid(name: str, table: str, change: str, condition: str, sentence: str) -> None:
    """Refuse an INSERT, UPDATE or DELETE for which the condition holds, said of NEW and OLD; it may look at other rows.

    One that is not known (NULL) does not hold. `permit` takes it back by its name."""
    name = f"forbid_{name}"
    if op.get_bind().dialect.name == "sqlite":
        refuse = f"SELECT RAISE(ABORT, '{sentence}')"
        op.execute(f"CREATE TRIGGER {name} BEFORE {change} ON {table} WHEN {condition} BEGIN {refuse}; END")
        return
    row = "OLD" if change == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} THEN "
        f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'restrict_violation'; END IF; RETURN {row}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {change} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def permit(name: str, table: str) -> None:
    """Take back what `forbid` forbade under this name."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER IF EXISTS forbid_{name}")
    else:
        op.execute(f"DROP TRIGGER IF EXISTS forbid_{name} ON {table}")
        op.execute(f"DROP FUNCTION IF EXISTS forbid_{name}()")


def unguard(table: str) -> None:
    """Take back every guard of a table."""
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        names = bind.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? AND name LIKE 'guard_%'", (table,)
        )
        for (name,) in names.fetchall():
            op.execute(f"DROP TRIGGER {name}")
    else:
        for change in ("update", "delete", "truncate"):
            op.execute(f"DROP TRIGGER IF EXISTS guard_{table}_{change} ON {table}")
            op.execute(f"DROP FUNCTION IF EXISTS guard_{table}_{change}()")


def redefine(table: str, was: str, becomes: str) -> None:
    """Another constraint in the definition of a table on SQLite, which cannot alter one: the table is made anew with
    its rows, indexes and triggers, and so are the triggers of others that look into it."""
    bind, master = op.get_bind(), "SELECT sql FROM sqlite_master WHERE"
    (defined,) = bind.exec_driver_sql(f"{master} type = 'table' AND name = ?", (table,)).scalars()
    beside = bind.exec_driver_sql(f"{master} type = 'index' AND tbl_name = ? AND sql IS NOT NULL", (table,)).scalars()
    around = bind.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE ? ORDER BY rowid", (f"%{table}%",)
    ).all()
    again = [*beside, *(trigger.sql for trigger in around)]
    begins = re.compile(rf'CREATE TABLE "?{table}"? ')
    if defined.count(was) != 1 or not begins.match(defined):
        raise RuntimeError(f"{table} is not defined as expected: {defined}")
    for trigger in around:
        bind.exec_driver_sql(f"DROP TRIGGER {trigger.name}")
    bind.exec_driver_sql(begins.sub(f"CREATE TABLE {table}_anew ", defined.replace(was, becomes)))
    bind.exec_driver_sql(f"INSERT INTO {table}_anew SELECT * FROM {table}")
    bind.exec_driver_sql(f"DROP TABLE {table}")
    bind.exec_driver_sql(f"ALTER TABLE {table}_anew RENAME TO {table}")
    for sql in again:
        bind.exec_driver_sql(sql)


def _refuse(table: str, change: str, condition: str | None, sentence: str) -> None:
    name = f"guard_{table}_{change.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        when = f"WHEN {condition}" if condition else ""
        refuse = f"SELECT RAISE(ABORT, '{sentence}')"
        op.execute(f"CREATE TRIGGER {name} BEFORE {change} ON {table} {when} BEGIN {refuse}; END")
        return
    test = f"IF NOT ({condition}) THEN RETURN NEW; END IF;" if condition else ""
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {test} "
        f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {change} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    if change == "DELETE":
        truncate = f"guard_{table}_truncate"
        op.execute(
            f"CREATE FUNCTION {truncate}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'restrict_violation'; END $$"
        )
        op.execute(f"CREATE TRIGGER {truncate} BEFORE TRUNCATE ON {table} EXECUTE FUNCTION {truncate}()")
