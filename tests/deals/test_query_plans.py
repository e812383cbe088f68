"""The lists read an index in its order: nothing is sorted, however many rows there are."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals import board
from portal.deals import queries as deals
from portal.deals.rules import Channel, LostReason, Pipeline, Stage
from portal.extensions import db
from portal.referrals import queries as referrals
from portal.referrals.rules import Status
from tests.support import make, sales

Read = Callable[[User, User, User], Any]


def _stories(user: User, **given: Any) -> Any:
    return deals.stories(user, **{"status": None, "by_due": False, "token": None, "url": str, **given})


def _referrals(user: User, **given: Any) -> Any:
    return referrals.page(user, **{"status": None, "by_due": False, "token": None, "url": str, **given})


def _deals(user: User, **given: Any) -> Any:
    return deals.page(user, deals.Wanted(**given), token=None, url=str)


READS: dict[str, Read] = {
    "lead": lambda lead, member, staff: _stories(lead),
    "lead, one state": lambda lead, member, staff: _stories(lead, status=Status.QUALIFIED),
    "lead, by due": lambda lead, member, staff: _stories(lead, by_due=True),
    "lead, one state by due": lambda lead, member, staff: _stories(lead, status=Status.SUBMITTED, by_due=True),
    "member": lambda lead, member, staff: _stories(member),
    "staff": lambda lead, member, staff: _referrals(staff),
    "staff, one state": lambda lead, member, staff: _referrals(staff, status=Status.QUALIFIED),
    "staff, by due": lambda lead, member, staff: _referrals(staff, by_due=True),
    "staff, one state by due": lambda lead, member, staff: _referrals(staff, status=Status.SUBMITTED, by_due=True),
    "deals": lambda lead, member, staff: _deals(staff),
    "deals at a stage": lambda lead, member, staff: _deals(staff, stage=Stage.PROPOSAL),
    "deals of an owner": lambda lead, member, staff: _deals(staff, owner_id=staff.id),
    "deals of a channel": lambda lead, member, staff: _deals(staff, channel=Channel.EVENT),
    "deals of a partner": lambda lead, member, staff: _deals(staff, partner_id=lead.partner_id),
    "deals of a pipeline": lambda lead, member, staff: _deals(staff, pipeline=Pipeline.NURTURE),
    "deals lost for a reason": lambda lead, member, staff: _deals(staff, lost_reason=LostReason.PRICE),
    "board": lambda lead, member, staff: board.core(staff, None),
    "board of an owner": lambda lead, member, staff: board.core(staff, staff.id),
    "nurture": lambda lead, member, staff: board.nurture(staff, None),
    "nurture of an owner": lambda lead, member, staff: board.nurture(staff, staff.id),
    "deals that stand still": lambda lead, member, staff: _deals(staff, stalled_by=make.NOON.date()),
}


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", READS)
def test_a_list_is_read_in_the_order_of_an_index(app: Flask, name: str) -> None:
    sales.program()
    staff, lead = make.staff(Role.SALES_OWNER), sales.lead()
    member = make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id)
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, sql: str, parameters: Any, *_: Any) -> None:
        asked.append((sql, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    READS[name](lead, member, staff)
    event.remove(db.engine, "before_cursor_execute", note)
    (sql, parameters) = asked[-1]
    connection = db.session.connection()
    plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)]
    picked = [step for step in plan if not step.startswith("SCAN anon_")]  # the few that were picked by an index
    assert not [s for s in picked if "TEMP B-TREE" in s or (s.startswith("SCAN") and "INDEX" not in s)], plan
