"""Migrations go up, down and up again on a database with rows, and lead to the tables that the models say."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade
from flask_migrate import upgrade as bring_up
from sqlalchemy.exc import DBAPIError

from portal import clock
from portal.activity.models import EventRow
from portal.extensions import Base, db
from portal.proof import broken
from portal.schema import with_migrations
from portal.scope import all_partners
from portal.seeds import demo
from portal.seeds.companies import companies

BEFORE_THE_GUARDS = "0003"  # below it, tables go that have rows by now
SCOPE = {"partner_scope": "the tests look at what a migration left"}


def _counts() -> dict[str, int]:
    with db.engine.connect().execution_options(**SCOPE) as connection:
        tables = Base.metadata.sorted_tables
        return {t.name: connection.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for t in tables}


def test_they_go_down_and_up_with_rows_and_lose_none(app: Flask) -> None:
    """All but shared deals: before those go, the way down is refused (see test_redefine)."""
    demo.seed(clock.now(), [each for each in companies() if each.course != "split"])
    before = _counts()
    db.session.remove()
    with_migrations(app)
    downgrade(revision=BEFORE_THE_GUARDS)
    with db.engine.connect() as connection:
        kept = before.keys() & set(sa.inspect(connection).get_table_names())
    bring_up()
    after = _counts()
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(all_partners(sa.delete(EventRow), "a test"))
    db.session.rollback()
    assert not list(broken())


def test_they_go_all_the_way_down_and_up(app: Flask) -> None:
    db.session.remove()
    with_migrations(app)
    downgrade(revision="base")
    with db.engine.connect() as connection:
        assert sa.inspect(connection).get_table_names() == ["alembic_version"]
    bring_up()
    assert _counts()["event_head"] == 1


def _is_of_the_models(_object: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
    return not (kind in ("table", "index") and (name or "").startswith("search_"))


def test_the_models_and_the_migrations_say_the_same(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": False, "include_object": _is_of_the_models}
        )
        assert compare_metadata(context, Base.metadata) == []
