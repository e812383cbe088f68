"""What each move of a referral does to our duty to answer."""

from datetime import timedelta

import pytest
from flask import Flask

from portal.auth.models import User
from portal.auth.rules import Role
from portal.extensions import db
from portal.referrals import actions, queries
from portal.referrals.models import Referral
from portal.referrals.promises import ANSWERS
from portal.referrals.rules import FAR
from portal.sla import queries as clocks
from portal.sla.models import SlaClock
from portal.sla.rules import ClockState
from tests.support import make, sales
from tests.support.make import NOON
from tests.support.proof import broken_of_deals

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MET, BREACHED, RUNNING, PAUSED = ClockState.MET, ClockState.BREACHED, ClockState.RUNNING, ClockState.PAUSED


@pytest.fixture
def maya(app: Flask) -> User:
    sales.program()
    make.staff(Role.SALES_OWNER)
    return make.staff()


@pytest.fixture
def sent(maya: User) -> Referral:
    return sales.referral(sales.lead())


def _ask(maya: User, sent: Referral, hours: float) -> None:
    actions.ask(maya, sent, seen_version=sent.version, now=NOON + hours * HOUR, question="Who decides?")


def _answer(sent: Referral, hours: float) -> None:
    by = make.partner_user(partner_id=sent.partner_id)
    actions.answer(by, sent, seen_version=sent.version, now=NOON + hours * HOUR, text="The CFO.")


def _qualify(maya: User, sent: Referral, hours: float) -> None:
    actions.qualify(maya, sent, seen_version=sent.version, now=NOON + hours * HOUR)
    db.session.commit()


def _of(sent: Referral) -> list[SlaClock]:
    return list(clocks.of(sent.ref, ANSWERS))


def _longer(sent: Referral, hours: float) -> timedelta:
    """By how much the protection is longer than its usual 90 days."""
    protection = queries.protection_of(sent.partner_id, sent.id)
    return protection.ends_at - (NOON + hours * HOUR + 90 * DAY)


def test_a_decision_at_once_needs_no_other_promise(maya: User, sent: Referral) -> None:
    _qualify(maya, sent, 2)
    assert [(clock.kind, clock.state) for clock in _of(sent)] == [(ANSWERS[0], MET)]
    assert _longer(sent, 2) == timedelta()


def test_a_question_is_the_first_answer_and_a_decision_is_owed_then(maya: User, sent: Referral) -> None:
    _ask(maya, sent, 2)
    first, decision = _of(sent)
    assert (first.state, first.took_minutes, decision.state, sent.due_at) == (MET, 120, PAUSED, FAR)
    _answer(sent, 24)
    assert (decision.state, sent.due_at) == (RUNNING, decision.due_at)
    assert decision.due_at == NOON + 5 * DAY  # Thursday noon, and 16 working hours: Monday noon
    _ask(maya, sent, 26)
    assert (decision.state, decision.used_minutes) == (PAUSED, 120)
    _answer(sent, 24 * 5)
    _qualify(maya, sent, 24 * 5 + 1)
    assert (decision.state, decision.took_minutes) == (MET, 180)
    assert broken_of_deals() == []


def test_each_late_answer_lengthens_the_protection(maya: User, sent: Referral) -> None:
    _ask(maya, sent, 25)  # due after 24
    _answer(sent, 26)
    first, decision = _of(sent)
    late = decision.due_at + 3 * HOUR
    _qualify(maya, sent, (late - NOON) / HOUR)
    assert (first.state, decision.state) == (BREACHED, BREACHED)
    assert _longer(sent, (late - NOON) / HOUR) == 4 * HOUR
    assert broken_of_deals() == []


def test_a_decision_that_ran_out_is_answered_by_a_question_and_owed_anew(maya: User, sent: Referral) -> None:
    _ask(maya, sent, 1)
    _answer(sent, 2)
    late = (_of(sent)[1].due_at - NOON) / HOUR + 1
    _ask(maya, sent, late)
    assert [clock.state for clock in _of(sent)] == [MET, BREACHED, PAUSED]
    db.session.commit()
    assert broken_of_deals() == []


def test_a_withdrawal_ends_what_is_owed(maya: User, sent: Referral) -> None:
    by = make.partner_user(partner_id=sent.partner_id)
    _ask(maya, sent, 1)
    actions.withdraw(by, sent, seen_version=sent.version, now=NOON + 2 * HOUR)
    db.session.commit()
    assert [(clock.is_open, clock.took_minutes) for clock in _of(sent)] == [(False, 60), (False, None)]
    assert broken_of_deals() == []
