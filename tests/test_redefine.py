"""What a migration makes anew keeps its rows, its indexes and every guard around it."""

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade
from flask_migrate import upgrade as bring_up

from portal.extensions import db
from portal.schema import with_migrations
from tests.support import fees
from tests.support.proof import broken_of_deals
from tests.support.shared import agreed

SCOPE = {"partner_scope": "the tests look at what a migration left"}
NEW = {
    "forbid_fee_line_of_no_partner",
    "forbid_deal_with_fee_changes_partner",
    "forbid_share_ends_again",
    "guard_deal_shares_update",
    "guard_deal_shares_delete",
}
TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'index') ORDER BY name",
    "postgresql": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname",
}


def _look(query: str) -> list[tuple[str, ...]]:
    with db.engine.connect().execution_options(**SCOPE) as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def _guards() -> dict[str, str]:
    return {name: sql for name, sql in _look(TRIGGERS[db.engine.dialect.name]) if "deal_shares" not in (sql or "x")}


def _new() -> set[str]:
    return {
        name for name, sql in _look(TRIGGERS[db.engine.dialect.name]) if sql and name.startswith(("guard", "forbid"))
    }


def test_fee_lines_keep_rows_and_guards_down_and_up(app: Flask) -> None:
    fees.program()
    fees.booked(fees.lead())
    rows = "SELECT * FROM fee_lines ORDER BY id"
    db.session.remove()
    with_migrations(app)
    downgrade(revision="0013")
    guards, all_of_them, lines = _guards(), _new(), _look(rows)
    downgrade(revision="0012")
    assert all_of_them - _new() - {"guard_deal_shares_truncate"} == NEW
    assert _look(rows) == lines
    down = _guards()
    bring_up(revision="0013")
    assert _new() == all_of_them
    assert _guards() == guards
    assert {name: sql for name, sql in guards.items() if name not in NEW} == {
        name: sql for name, sql in down.items() if name not in NEW
    }
    assert _look(rows) == lines
    bring_up()
    assert broken_of_deals() == []


def test_deals_that_are_shared_are_not_given_up_by_going_back(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    agreed()
    db.session.remove()
    with_migrations(app)
    with pytest.raises(SystemExit):
        downgrade(revision="0012")
    assert "shared by several partners" in caplog.text
