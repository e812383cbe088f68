"""Parked deals: they rest, are kept warm, and come back by themselves or when somebody says so."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals import actions, jobs
from portal.deals.models import Deal
from portal.deals.rules import BackBecause, NurtureReason, Pipeline, Stage
from portal.errors import Overtaken, Refused
from portal.extensions import db
from portal.notifications.models import Delivery
from portal.referrals.models import Protection
from portal.referrals.queries import protection_of
from portal.referrals.rules import ProtectionState
from portal.scope import all_partners
from portal.tasks import queries as tasks
from tests.support import make, sales
from tests.support.make import NOON
from tests.support.proof import broken_of_deals

DAY = timedelta(days=1)
UNTIL = date(2027, 2, 18)  # three months on


@pytest.fixture
def sam(app: Flask) -> User:
    sales.program()
    return sales.detached(make.staff(Role.SALES_OWNER, name="Sam Ortega"))


@pytest.fixture
def deal(sam: User) -> Deal:
    return sales.moved(sales.qualified(sales.lead()), "contacted", "meeting")


def _protection(deal: Deal) -> Protection:
    assert deal.partner_id
    assert deal.referral_id
    return protection_of(deal.partner_id, deal.referral_id)


def _mails() -> list[str]:
    return list(db.session.scalars(all_partners(sa.select(Delivery.subject).order_by(Delivery.id), "a test")))


def _run(now_days: float) -> None:
    at = NOON + now_days * DAY
    for due, attempt in ((jobs.alerts_due, jobs.attempt_alert), (jobs.returns_due, jobs.attempt_return)):
        for deal_id, version in due(at, 100):
            attempt(deal_id, version, at)


def test_parking_keeps_where_it_was_and_why(deal: Deal) -> None:
    sales.moved(deal, "parked", parked_until=UNTIL, parked_because=NurtureReason.NO_BUDGET_YET)
    assert (deal.pipeline, deal.parked_from, deal.parked_because) == (
        Pipeline.NURTURE,
        Stage.MEETING,
        NurtureReason.NO_BUDGET_YET,
    )
    assert (deal.next_step, deal.next_step_on, deal.stalls_on) == ("Get in touch again", UNTIL, None)


def test_the_protection_rests_and_is_longer_by_that_time(deal: Deal) -> None:
    ends, tail = _protection(deal).ends_at, _protection(deal).tail_ends_at
    sales.moved(deal, "parked", parked_until=UNTIL)
    assert _protection(deal).state is ProtectionState.PAUSED
    sales.moved(deal, "contacted", now=NOON + 40 * DAY)
    after = _protection(deal)
    assert (after.state, after.paused_at) == (ProtectionState.ACTIVE, None)
    assert (after.ends_at, after.tail_ends_at) == (ends + 40 * DAY, tail + 40 * DAY)
    assert broken_of_deals() == []


def test_in_the_tail_only_the_tail_rests(deal: Deal) -> None:
    protection = _protection(deal)
    protection.state = ProtectionState.TAIL
    ends, tail = protection.ends_at, protection.tail_ends_at
    db.session.commit()
    late = ends + 10 * DAY
    sales.moved(deal, "parked", now=late, parked_until=(late + 30 * DAY).date())
    assert _protection(deal).state is ProtectionState.TAIL
    sales.moved(deal, "contacted", now=late + 30 * DAY)
    assert (_protection(deal).ends_at, _protection(deal).tail_ends_at) == (ends, tail + 30 * DAY)


def test_what_is_over_stays_over(deal: Deal) -> None:
    tail = _protection(deal).tail_ends_at
    late = tail + DAY
    sales.moved(deal, "parked", now=late, parked_until=(late + 30 * DAY).date())
    sales.moved(deal, "contacted", now=late + 30 * DAY)
    assert _protection(deal).tail_ends_at == tail


def test_it_comes_back_on_its_day_and_everyone_is_told(sam: User, deal: Deal) -> None:
    sales.moved(deal, "parked", parked_until=UNTIL)
    _run(60)
    assert sales.again_deal(deal.ref).stage is Stage.PARKED
    _run(89)  # three days before
    assert _mails()[-1] == f"Back on 18 Feb: {deal.company}"
    told = len(_mails())
    _run(90)
    assert len(_mails()) == told  # once
    _run(92)
    back = sales.again_deal(deal.ref)
    assert (back.stage, back.pipeline, back.next_step) == (Stage.MEETING, Pipeline.CORE, "Get in touch again")
    assert _protection(back).state is ProtectionState.ACTIVE
    subjects = _mails()[told:]
    assert f"Back from nurture: {deal.company}" in subjects
    assert f"Back from the waiting list: {deal.company}" in subjects
    _run(93)
    assert sales.again_deal(deal.ref).version == back.version
    assert broken_of_deals() == []


def test_they_are_back_before_their_day(sam: User, deal: Deal) -> None:
    sales.moved(deal, "parked", parked_until=UNTIL)
    seen = deal.version
    actions.bring_back(sam, deal, seen_version=seen, now=NOON + DAY, because=BackBecause.THEY_CAME)
    assert (deal.stage, deal.parked_until, deal.parked_from) == (Stage.MEETING, None, None)
    with pytest.raises(Overtaken):
        actions.bring_back(sam, deal, seen_version=seen, now=NOON + DAY, because=BackBecause.THEY_CAME)
    with pytest.raises(Refused, match="Only a parked deal"):
        actions.bring_back(sam, deal, seen_version=deal.version, now=NOON, because=BackBecause.THEY_CAME)
    with pytest.raises(Refused, match="owner"):
        actions.bring_back(make.staff(), deal, seen_version=deal.version, now=NOON, because=BackBecause.THEY_CAME)


def test_a_step_a_month_keeps_them_warm_and_falls_away_when_they_are_back(sam: User, deal: Deal) -> None:
    sales.moved(deal, "parked", parked_until=UNTIL, with_steps=True)
    steps = [(row.title, row.due_on) for row in tasks.of_person(sam.id)]
    assert steps == [
        ("Send them something useful", date(2026, 12, 2)),
        ("Ask how it goes", date(2027, 1, 18)),
    ]
    sales.moved(deal, "contacted", now=NOON + 50 * DAY)
    assert tasks.of_person(sam.id) == []


def test_without_steps_nothing_is_put_on_anybodys_list(sam: User, deal: Deal) -> None:
    sales.moved(deal, "parked", parked_until=UNTIL)
    assert tasks.of_person(sam.id) == []


def test_a_deal_that_stands_still_is_told_once(sam: User, deal: Deal) -> None:
    assert (deal.next_step_on, deal.stalls_on) == (date(2026, 11, 25), date(2026, 11, 28))
    _run(9)
    assert not [each for each in _mails() if each.startswith("Stands still")]
    _run(10)
    _run(11)
    assert [each for each in _mails() if each.startswith("Stands still")] == [f"Stands still: {deal.company}"]
    actions.set_next_step(
        sam,
        sales.again_deal(deal.ref),
        seen_version=deal.version,
        now=NOON + 11 * DAY,
        next_step="Call them",
        next_step_on=date(2027, 3, 1),
        expected_minor=None,
    )
    touched = sales.again_deal(deal.ref)
    assert touched.stalls_on == date(2026, 12, 20)  # nobody touched it for three weeks
    db.session.commit()
    _run(32)
    assert len([each for each in _mails() if each.startswith("Stands still")]) == 2
