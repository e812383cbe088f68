"""Words inside of columns are found by an index that the database keeps itself: used by migrations.

SQLite has a table of its own for it (FTS5, which reads the words from the table that has them), PostgreSQL an index
with pg_trgm."""

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
