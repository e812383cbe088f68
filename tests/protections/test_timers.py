"""What ends by itself: the partner is warned twice, then a question, a protection or its tail ends."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.auth.rules import Role
from portal.extensions import db
from portal.program import Program
from portal.protections import timers as protections
from portal.referrals import actions, queries
from portal.referrals import timers as questions
from portal.referrals.rules import Ending, ProtectionState, Status
from portal.sla.rules import ClockState
from tests.notifications.outbox import mails, outbox
from tests.support import claims, make, sales
from tests.support.claims import DAY, kinds, time_comes
from tests.support.make import NOON
from tests.support.proof import broken_of_deals

MIDNIGHT = timedelta(hours=11, minutes=59, seconds=59)  # from noon to the last second of a day in Berlin


@pytest.fixture
def people(app: Flask) -> SimpleNamespace:
    sales.program()
    owner = sales.detached(make.staff(Role.SALES_OWNER, name="Sam"))
    maya = sales.detached(make.staff(Role.QUALIFIER, name="Maya"))
    return SimpleNamespace(owner=owner, maya=maya, lead=sales.detached(sales.lead(name="Ana")))


def test_a_question_is_warned_of_twice_and_then_the_referral_expires(people: SimpleNamespace) -> None:
    sent = claims.asked(people.lead, people.maya, company="Nordlys AS")
    assert sent.answer_by == NOON + 30 * DAY + MIDNIGHT
    assert time_comes(NOON + 16 * DAY) == 0
    for warned, on in enumerate((NOON + 17 * DAY, NOON + 28 * DAY), start=1):
        assert (time_comes(on), time_comes(on), sales.again(sent.ref).warned) == (1, 0, warned)
    (first, _) = outbox("ReferralExpiresSoon")
    assert first.subject == "Answer by 18 Dec: Nordlys AS"
    assert first.to == people.lead.email
    assert time_comes(NOON + 30 * DAY) == 0
    assert time_comes(NOON + 31 * DAY) == 1
    assert (sales.again(sent.ref).status, sales.again(sent.ref).answer_by) == (Status.EXPIRED, None)
    assert kinds(sent)[-1] == "ReferralExpired"
    assert outbox("ReferralExpired")[0].path == f"/referrals/{sent.ref}/renewal"
    assert broken_of_deals() == []


def test_an_answer_stops_the_time_and_a_new_question_begins_another(people: SimpleNamespace) -> None:
    sent = claims.asked(people.lead, people.maya)
    time_comes(NOON + 20 * DAY)
    actions.answer(people.lead, sent, seen_version=sent.version, now=NOON + 21 * DAY, text="The CFO.")
    db.session.commit()
    assert (sent.answer_by, time_comes(NOON + 60 * DAY)) == (None, 0)
    actions.ask(people.maya, sent, seen_version=sent.version, now=NOON + 60 * DAY, question="Since when?")
    assert (sent.warned, sent.answer_by and sent.answer_by > NOON + 90 * DAY) == (0, True)


def test_the_program_says_how_long_a_question_waits(people: SimpleNamespace) -> None:
    db.session.execute(sa.update(Program).values(answer_days=10))
    db.session.commit()
    sent = claims.asked(people.lead, people.maya)
    assert sent.warned == 1  # it began within the first warning already
    assert (time_comes(NOON + 6 * DAY), time_comes(NOON + 8 * DAY), time_comes(NOON + 11 * DAY)) == (0, 1, 1)
    assert sales.again(sent.ref).status is Status.EXPIRED


def test_a_protection_is_warned_of_then_ends_and_then_its_tail_does(people: SimpleNamespace) -> None:
    sent = claims.qualified(people.lead, people.maya, company="Nordlys AS")
    assert time_comes(NOON + 75 * DAY) == 0
    assert time_comes(NOON + 76 * DAY) == 1
    to = {each.to for each in outbox("ProtectionEndsSoon")}
    assert to == mails(people.lead, people.owner)
    assert "ask for 60 days more" in outbox("ProtectionEndsSoon")[0].text
    assert (time_comes(NOON + 88 * DAY), time_comes(NOON + 89 * DAY)) == (1, 0)
    assert time_comes(NOON + 90 * DAY) == 1
    assert (claims.of(sent).state, claims.of(sent).ending) == (ProtectionState.TAIL, Ending.RAN_OUT)
    assert queries.open_or_protected(sent.partner_id, sent.domain) is None
    assert (time_comes(NOON + 179 * DAY), time_comes(NOON + 180 * DAY)) == (0, 1)
    assert claims.of(sent).state is ProtectionState.EXPIRED
    assert kinds(sent)[-2:] == ["ProtectionEnded", "ProtectionOver"]
    assert broken_of_deals() == []


def test_what_rests_has_no_time(people: SimpleNamespace) -> None:
    sent = claims.qualified(people.lead, people.maya)
    deal = sales.moved(sales.deal_of(sent), "contacted")
    sales.moved(deal, "parked", parked_until=(NOON + 300 * DAY).date(), now=NOON + 80 * DAY)
    assert time_comes(NOON + 299 * DAY) == 0
    sales.moved(deal, "meeting", now=NOON + 299 * DAY)
    assert (time_comes(NOON + 299 * DAY), time_comes(NOON + 310 * DAY)) == (1, 1)
    assert claims.of(sent).state is ProtectionState.TAIL


def test_a_job_that_comes_late_takes_no_second_step(people: SimpleNamespace) -> None:
    """Answered, or moved, between the look and the attempt."""
    sent = claims.asked(people.lead, people.maya)
    ((row_id, version),) = questions.due(NOON + 40 * DAY, 10)
    actions.withdraw(people.lead, sent, seen_version=sent.version, now=NOON + 40 * DAY)
    db.session.commit()
    questions.attempt(row_id, version, NOON + 40 * DAY)
    assert sales.again(sent.ref).status is Status.WITHDRAWN
    held = claims.qualified(people.lead, people.maya)
    ((row_id, version),) = protections.due(NOON + 95 * DAY, 10)
    sales.moved(sales.deal_of(held), "lost", lost_reason="no_need", now=NOON + 95 * DAY)
    protections.attempt(row_id, version, NOON + 95 * DAY)
    assert claims.of(held).state is ProtectionState.RELEASED


def test_a_clock_that_rested_is_released_with_what_expired(people: SimpleNamespace) -> None:
    sent = claims.asked(people.lead, people.maya)
    time_comes(NOON + 31 * DAY)
    assert sales.clock_of(sent.ref).state is ClockState.MET
    assert sales.clock_of(sent.ref).took_minutes is None  # it counts in no record
