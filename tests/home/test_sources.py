"""Each source of the work queue: whose it is, and that it reads an index however many rows there are."""

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from portal.auth.models import User
from portal.auth.rules import STAFF_ROLES, Role
from portal.deals import actions as deals
from portal.deals.rules import Channel
from portal.emergency import actions as emergency
from portal.extensions import db
from portal.home.queue import Task
from portal.home.sources import SOURCES, agreements, money, publishing, statements
from portal.home.sources import deals as deal_sources
from portal.home.sources.source import Moment, Source, part, values_at
from portal.home.waiting import tasks
from portal.referrals.models import Referral
from portal.scope import all_partners
from portal.tasks import actions as our_tasks
from tests.support import fees, make, sales
from tests.support.make import NOON
from tests.support.past_the_guards import tampered

DAY = timedelta(days=1)
# Few by nature: what is not finished, each kind of it found by its state.
SORTED_BY_HAND = (
    agreements.MISSING,
    agreements.UNSIGNED,
    money.PAYOUT_DETAILS,
    money.PAYOUT_RUNS,
    publishing.FEE_PLANS,
    statements.TO_ASK_FOR,
    statements.TO_ISSUE,
)
# What stays short by itself: nothing but drafts, what was given up, and what one person asked of another.
SHORT = ("fee_plans", "criteria_versions", "payout_runs", "deliveries", "documents", "agreements", "partners")


@pytest.fixture
def lead(app: Flask) -> User:
    sales.program()
    return sales.detached(sales.lead(name="Ana"))


def _titles(user: User, now: Any = NOON) -> list[str]:
    return [each.title for each in tasks(user, now)]


def _entered(owner: User, company: str) -> Any:
    given: dict[str, Any] = {"company": company, "currency": "EUR", "website": "", "expected_minor": None}
    deal = deals.enter(owner, now=NOON, channel=Channel.EVENT, **given)
    db.session.commit()
    return deal


def test_an_owner_sees_what_is_due_of_their_own(lead: User) -> None:
    sam = make.staff(Role.SALES_OWNER, name="Sam")
    deal = sales.qualified(lead, company="Nordlys AS")
    _entered(sam, "Later")
    assert _titles(sam) == ["First contact: Nordlys AS"]
    found = {each.title: each for each in tasks(sam, NOON + 6 * DAY)}
    assert sorted(found) == [f"{deal.next_step}: Later", "First contact: Nordlys AS"]
    assert all(each.is_mine for each in found.values())
    assert found["First contact: Nordlys AS"].is_promise
    assert _titles(make.staff(Role.SALES_OWNER), NOON + 6 * DAY) == []


def test_a_deal_stands_in_the_queue_once(lead: User) -> None:
    sam = make.staff(Role.SALES_OWNER)
    _entered(sam, "Old")
    for days in (5, 30, 300):
        assert len(_titles(sam, NOON + days * DAY)) == 1


def test_a_contact_that_others_owe_is_watched_by_whoever_looks_after_partners(lead: User) -> None:
    make.staff(Role.SALES_OWNER, name="Sam")
    sales.qualified(lead, company="Nordlys AS")
    maya = make.staff(Role.PARTNER_MANAGER)
    assert _titles(maya) == []
    (late,) = tasks(maya, NOON + 6 * DAY)
    assert (late.title, late.about) == ("First contact: Nordlys AS", "Sam has not been in touch")
    assert not late.is_mine


def test_what_one_entered_is_decided_by_another(lead: User) -> None:
    maya, olga = make.staff(Role.QUALIFIER), make.staff(Role.QUALIFIER)
    sent = sales.referral(lead)
    copied = {each.name: getattr(sent, each.name) for each in Referral.__table__.columns}
    make.saved(Referral(**copied | {"id": None, "ref": "R-222222", "domain": "x.example", "entered_by_id": maya.id}))
    assert (len(_titles(maya)), len(_titles(olga))) == (1, 2)


def test_a_task_is_in_the_hands_of_whom_it_is_for(lead: User) -> None:
    sam = make.staff(Role.SALES_OWNER)
    our_tasks.make(sam, title="Call the bank", due_on=NOON.date(), owner_id=sam.id, deal_id=None, now=NOON)
    later = (NOON + 7 * DAY).date()
    our_tasks.make(sam, title="In a week", due_on=later, owner_id=sam.id, deal_id=None, now=NOON)
    db.session.commit()
    (found,) = tasks(sam, NOON)
    assert (found.title, found.is_mine) == ("Call the bank", True)
    assert _titles(make.staff(Role.PARTNER_MANAGER)) == []


def test_emergency_access_waits_for_a_third_person(lead: User) -> None:
    asker, getter, other = (make.staff(Role.PROGRAM_ADMIN, name=name) for name in ("Ada", "Gil", "Olga"))
    emergency.ask(asker, getter, role=Role.FINANCE_APPROVER, hours=2, reason="Run is due", now=NOON)
    db.session.commit()
    assert _titles(asker) == _titles(getter) == []
    (found,) = tasks(other, NOON)
    assert (found.title, found.person) == ("Confirm emergency access: Gil", "Ada")
    assert found.about == "Finance approver for 2 hours: Run is due"
    assert _titles(other, NOON + DAY) == []


def test_a_source_names_only_columns_of_the_queue() -> None:
    with pytest.raises(TypeError, match="no columns of the work queue: colour"):
        part(colour=sa.literal("red"))


def _asked(source: Source, everyone: User) -> tuple[str, Any]:
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, sql: str, parameters: Any, *_: Any) -> None:
        asked.append((sql, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    db.session.execute(all_partners(source.rows(everyone, Moment()).limit(100), "a test"), values_at(NOON))
    event.remove(db.engine, "before_cursor_execute", note)
    return asked[-1]


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.rows.__name__)
def test_no_source_reads_a_table_that_grows(lead: User, source: Source) -> None:
    sql, parameters = _asked(source, make.staff(*STAFF_ROLES))
    plan = [row[3] for row in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)]
    scanned = [step for step in plan if step.startswith("SCAN") and "INDEX" not in step]
    tables = [step.split()[1] for step in scanned if not step.startswith("SCAN anon_")]
    assert not {*tables} - {*SHORT, "CONSTANT"}, plan
    sorted_by_hand = [step for step in plan if "ORDER BY" in step]
    assert not sorted_by_hand or source in SORTED_BY_HAND, plan


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_each_source_has_an_index_on_postgresql_too(lead: User) -> None:
    everyone, connection = make.staff(*STAFF_ROLES), db.session.connection()
    connection.execute(sa.text("SET LOCAL enable_seqscan = off"))  # then it reads a table only for want of an index
    for source in SOURCES:
        sql, parameters = _asked(source, everyone)
        plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {sql}", parameters))
        assert set(re.findall(r"Seq Scan on (\w+)", plan)) <= {*SHORT}, plan
        assert "hashed SubPlan" not in plan, "it reads a whole table to know of a hundred rows"


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_the_next_steps_of_an_owner_are_read_without_the_deals_that_are_closed(lead: User) -> None:
    sql, parameters = _asked(deal_sources.NEXT_STEPS, make.staff(Role.SALES_OWNER))
    plan = [row[3] for row in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)]
    assert any("(owner_id,next_step_on)>(?,?) AND (owner_id,next_step_on)<(?,?)" in step for step in plan), plan


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_what_stands_still_is_read_without_what_is_overdue(lead: User) -> None:
    sql, parameters = _asked(deal_sources.STANDING_STILL, make.staff(Role.SALES_OWNER))
    plan = [row[3] for row in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)]
    assert any("ix_deals_still_owner_id_stalls_on_id (owner_id=? AND stalls_on<?)" in step for step in plan), plan


def test_what_is_approved_is_issued_by_finance_and_what_is_missing_asked_for(lead: User) -> None:
    make.staff(Role.SALES_OWNER)
    maker, maya = fees.maker(), sales.detached(make.staff(Role.PARTNER_MANAGER))
    able, lacking, idle = lead, sales.lead(), sales.lead()
    for each in (able, lacking, lacking):
        fees.approved(each, maker)
    fees.can_be_paid(able.partner_id or 0)
    assert idle.partner_id
    (issued,), (asked,) = tasks(maker, NOON), tasks(maya, NOON)
    assert (issued.title[:18], issued.about) == ("Issue a statement:", "€2,600.00, one fee approved")
    assert asked.about == "€5,200.00 waits. Payouts wait for the payout details."
    assert asked.url.startswith("/staff/partners/P-")
    fees.can_be_paid(lacking.partner_id or 0)
    for change, said in (
        ("UPDATE partners SET tax_form_on = NULL", "for the tax form."),
        ("UPDATE payout_details SET state = 'proposed'", "until a second person has confirmed"),
    ):
        tampered(change)
        assert [said in each.about for each in tasks(maya, NOON) if each.title.startswith("Talk to")] == [True, True]
        assert tasks(maker, NOON) == []


def test_everyone_of_ours_is_told_of_what_they_may_act_on(lead: User) -> None:
    for role in STAFF_ROLES:
        assert all(isinstance(each, Task) for each in tasks(make.staff(role), NOON))
