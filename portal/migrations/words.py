"""Words inside of columns are found by an index that the database keeps itself: used by migrations.

SQLite has a table of its own for it (FTS5, which reads the words from the table that has them). PostgreSQL has one since
migration 0020, with an index by pg_trgm; before, that index stood on the table that has the words, and was written to
with each change of a row."""

from collections.abc import Sequence

from alembic import op
from sqlalchemy.exc import DBAPIError

LACKS = (
    "The search needs pg_trgm, and this role may not add it. Have an owner of the database run "
    "CREATE EXTENSION pg_trgm; then run portal migrate again."
)


def searchable(table: str, columns: Sequence[str]) -> None:
    """From now on, and what is there already."""
    if op.get_bind().dialect.name == "sqlite":
        _fts5(table, columns)
        return
    try:
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DBAPIError as failure:
        raise RuntimeError(LACKS) from failure
    text = " || ' ' || ".join(f"coalesce({column}, '')" for column in columns)
    op.execute(f"CREATE INDEX search_{table} ON {table} USING gin (({text}) gin_trgm_ops)")


def unsearchable(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER search_{table}_{change}")
        op.execute(f"DROP TABLE search_{table}")
    else:
        op.execute(f"DROP INDEX search_{table}")


def keep_apart(table: str, columns: Sequence[str]) -> None:
    """On PostgreSQL, a narrow table of the words in small letters, which triggers keep as the rows are.

    A line of it is a twentieth of a row, so that thousands are looked through in a millisecond. Between two columns a
    line ends: nobody can type that."""
    if op.get_bind().dialect.name == "sqlite":
        return
    index, listed = f"search_{table}", ", ".join(columns)
    op.execute(f"DROP INDEX {index}")
    op.execute(
        f"CREATE TABLE {index} (id bigint CONSTRAINT pk_{index} PRIMARY KEY, words text NOT NULL)"
        " WITH (autovacuum_vacuum_insert_scale_factor = 0.02)"
    )
    _function(
        f"{index}_write",
        "void",
        f"TRUNCATE {index}; INSERT INTO {index} SELECT id, {_words('t', columns)} FROM {table} t;",
    )
    op.execute(f"SELECT {index}_write()")
    op.execute(
        f"CREATE INDEX {index}_words ON {index} USING gin (words gin_trgm_ops) WITH (gin_pending_list_limit = 256)"
    )
    put = f"INSERT INTO {index} VALUES (NEW.id, {_words('NEW', columns)})"
    again = f"UPDATE {index} SET words = {_words('NEW', columns)} WHERE id = NEW.id"
    take = f"DELETE FROM {index} WHERE id = OLD.id"
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
    changes = {
        "insert": ("", put, ""),
        "update": (f" OF {listed}", again, f"WHEN ({changed})"),
        "delete": ("", take, ""),
    }
    for change, (of, does, when) in changes.items():
        _function(f"{index}_{change}", "trigger", f"{does}; RETURN NULL;")
        op.execute(
            f"CREATE TRIGGER {index}_{change} AFTER {change}{of} ON {table} FOR EACH ROW {when}"
            f" EXECUTE FUNCTION {index}_{change}()"
        )


def put_back(table: str, columns: Sequence[str]) -> None:
    """An index on the table itself, as it was before."""
    if op.get_bind().dialect.name == "sqlite":
        return
    for change in ("insert", "update", "delete"):
        op.execute(f"DROP TRIGGER search_{table}_{change} ON {table}")
        op.execute(f"DROP FUNCTION search_{table}_{change}()")
    op.execute(f"DROP FUNCTION search_{table}_write()")
    op.execute(f"DROP TABLE search_{table}")
    searchable(table, columns)


def _function(name: str, gives: str, does: str) -> None:
    op.execute(f"CREATE FUNCTION {name}() RETURNS {gives} LANGUAGE plpgsql AS $$ BEGIN {does} END $$")


def _words(row: str, columns: Sequence[str]) -> str:
    return f"lower(concat_ws(E'\\n', {', '.join(f'{row}.{column}' for column in columns)}))"


def _fts5(table: str, columns: Sequence[str]) -> None:
    index, listed = f"search_{table}", ", ".join(columns)
    op.execute(
        f"CREATE VIRTUAL TABLE {index} USING fts5({listed}, content='{table}', content_rowid='id', tokenize='trigram')"
    )
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
    put = f"INSERT INTO {index} (rowid, {listed}) VALUES (NEW.id, {new});"
    take = f"INSERT INTO {index} ({index}, rowid, {listed}) VALUES ('delete', OLD.id, {old});"
    changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in columns)
    op.execute(f"CREATE TRIGGER {index}_insert AFTER INSERT ON {table} BEGIN {put} END")
    op.execute(
        f"CREATE TRIGGER {index}_update AFTER UPDATE OF {listed} ON {table} WHEN {changed} BEGIN {take} {put} END"
    )
    op.execute(f"CREATE TRIGGER {index}_delete AFTER DELETE ON {table} BEGIN {take} END")
    op.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")
