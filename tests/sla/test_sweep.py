"""The sweep reads what is due and nothing else: each of its questions walks an index, on both databases."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from portal.extensions import db
from portal.sla import jobs
from portal.sla.models import SlaClock
from portal.sla.rules import ClockKind, ClockState
from tests.support import make
from tests.support.make import NOON

OPEN = 4_000
SWEEPS: dict[str, tuple[Callable[..., Any], str]] = {
    "missed": (jobs.due, "ix_sla_clocks_state_due_at"),
    "near": (jobs.warnings_due, "ix_sla_clocks_warn_at_id"),
}


@pytest.fixture
def many_open(app: Flask) -> None:
    """Clocks that run, none of them due."""
    partner_id = make.partner().id
    row = {"partner_id": partner_id, "kind": ClockKind.FIRST_ANSWER, "state": ClockState.RUNNING}
    row |= {
        "promised_minutes": 480,
        "started_at": NOON,
        "due_at": NOON,
        "warn_at": NOON,
        "used_minutes": 0,
        "version": 1,
    }
    db.session.execute(sa.insert(SlaClock), [row | {"ref": f"R-{number:06}"} for number in range(OPEN)])
    db.session.commit()
    connection = db.session.connection()
    connection.exec_driver_sql("ANALYZE")


@pytest.mark.usefixtures("many_open")
@pytest.mark.parametrize("name", SWEEPS)
def test_what_is_due_is_found_by_an_index(app: Flask, name: str) -> None:
    look, index = SWEEPS[name]
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, sql: str, parameters: Any, *_: Any) -> None:
        asked.append((sql, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    assert look(NOON.replace(year=2020), 100) == []
    event.remove(db.engine, "before_cursor_execute", note)
    ((sql, parameters),) = asked
    explain = "EXPLAIN QUERY PLAN" if db.engine.dialect.name == "sqlite" else "EXPLAIN"
    plan = str(db.session.connection().exec_driver_sql(f"{explain} {sql}", parameters).all())
    assert index in plan, plan
    assert "Seq Scan" not in plan, plan
    assert "TEMP B-TREE" not in plan, plan
