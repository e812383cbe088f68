"""What happens to referrals, without the web."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.activity.models import EventRow
from portal.auth.models import User
from portal.auth.rules import Role
from portal.criteria.rules import Outcome, Reading
from portal.deals.models import Deal
from portal.errors import Overtaken, Refused
from portal.extensions import db
from portal.partners.rules import PartnerState
from portal.prechecks import queries as prechecks
from portal.referrals import actions, queries
from portal.referrals.decline_reasons import DeclineReason
from portal.referrals.models import Referral
from portal.referrals.promises import ANSWERS
from portal.referrals.rules import FAR, NEXT, Status
from portal.scope import all_partners
from portal.sla.models import SlaClock
from portal.sla.queries import latest, of
from portal.sla.rules import ClockKind, ClockState
from tests.support import make, sales
from tests.support.make import NOON

HOUR = timedelta(hours=1)
CALDER: dict[str, Any] = {"company": "Calder & Finch", "website": "calder.example"}
"""Of the same name, at another address, it looks like them, and not surely."""


@pytest.fixture
def lead(app: Flask) -> User:
    sales.program()
    make.staff(Role.SALES_OWNER, name="Sam Ortega")
    return sales.detached(sales.lead())


@pytest.fixture
def maya(app: Flask) -> User:
    return sales.detached(make.staff(Role.QUALIFIER, name="Maya Lindqvist"))


def test_a_referral_is_read_and_promised_an_answer(lead: User) -> None:
    sent = sales.referral(lead)
    assert sent.status is Status.SUBMITTED
    assert Reading.from_data(sent.reading).outcome is Outcome.QUALIFIES
    assert sent.due_at == NOON + timedelta(days=1)  # eight working hours from noon
    assert _clock(sent).state is ClockState.RUNNING
    assert _events(sent) == ["ReferralSubmitted"]


def test_without_an_agreement_in_force_nothing_is_sent(app: Flask) -> None:
    sales.program()
    with pytest.raises(Refused, match="agreement is not in force"):
        sales.referral(make.partner_user())


def test_a_paused_partner_does_not_refer(app: Flask) -> None:
    sales.program()
    partner = sales.partner_with_agreement(state=PartnerState.PAUSED)
    with pytest.raises(Refused, match="is paused"):
        sales.referral(make.partner_user(partner_id=partner.id))


def test_staff_do_not_refer(app: Flask, maya: User) -> None:
    with pytest.raises(Refused, match="people of a partner"):
        sales.referral(maya)


def test_without_consent_nothing_is_sent(lead: User) -> None:
    with pytest.raises(Refused, match="consent") as refusal:
        sales.referral(lead, consent=False)
    assert refusal.value.field == "consent"


def test_a_company_is_introduced_once(lead: User, maya: User) -> None:
    sent = sales.referral(lead, website="https://www.calder.example/about")
    with pytest.raises(actions.Introduced, match=sent.ref):
        sales.referral(lead, website="calder.example")
    actions.qualify(maya, sent, seen_version=sent.version, now=NOON)
    with pytest.raises(actions.Introduced):
        sales.referral(lead, website="calder.example")


def test_a_company_that_was_withdrawn_may_come_again(lead: User) -> None:
    sent = sales.referral(lead, website="calder.example")
    actions.withdraw(lead, sent, seen_version=sent.version, now=NOON)
    assert sales.referral(lead, website="calder.example").ref != sent.ref


def test_another_partners_claim_is_seen_by_staff_only(lead: User) -> None:
    first = sales.referral(sales.lead(), **CALDER)
    second = sales.referral(lead, **CALDER | {"website": "cf-transport.example"})
    assert second.status is Status.SUBMITTED
    assert queries.is_contested(second, NOON)
    assert [each.found.ref for each in prechecks.of_referral(second, NOON)] == [first.ref]


def test_a_claim_against_another_needs_a_reason(lead: User, maya: User) -> None:
    sales.referral(sales.lead(), **CALDER)
    second = sales.referral(lead, **CALDER | {"website": "cf-transport.example"})
    with pytest.raises(Refused, match="Another partner") as refusal:
        actions.qualify(maya, second, seen_version=second.version, now=NOON)
    assert refusal.value.field == "because"
    actions.qualify(maya, second, seen_version=second.version, now=NOON, because="The first one knows nobody there.")
    assert second.overruled_because


def test_a_question_stops_our_clock_and_the_answer_starts_it(lead: User, maya: User) -> None:
    sent = sales.referral(lead)
    actions.ask(maya, sent, seen_version=sent.version, now=NOON + HOUR, question="Who decides?")
    assert (sent.status, sent.due_at, _clock(sent).state) == (Status.NEEDS_INFO, FAR, ClockState.PAUSED)
    assert [clock.kind for clock in of(sent.ref, ANSWERS)] == [ClockKind.FIRST_ANSWER, ClockKind.DECISION]
    actions.answer(lead, sent, seen_version=sent.version, now=NOON + timedelta(days=5), text="The CFO.")
    assert (sent.status, sent.answer) == (Status.UNDER_REVIEW, "The CFO.")
    assert sent.due_at == _clock(sent).due_at == NOON + timedelta(days=7)  # two working days for the decision
    actions.ask(maya, sent, seen_version=sent.version, now=NOON + timedelta(days=5), question="By when?")
    assert (sent.question, sent.answer, sent.asked_before) == ("By when?", "", [["Who decides?", "The CFO."]])


def test_a_qualified_referral_is_protected_and_has_a_deal(lead: User, maya: User) -> None:
    sent = sales.referral(lead)
    actions.qualify(maya, sent, seen_version=sent.version, now=NOON + HOUR)
    db.session.commit()
    protection = queries.protection_of(sent.partner_id, sent.id)
    assert protection.ends_at == NOON + HOUR + timedelta(days=90)
    assert protection.tail_ends_at == NOON + HOUR + timedelta(days=180)
    assert (sent.due_at, sent.decided_by_id, _clock(sent).state) == (FAR, maya.id, ClockState.MET)
    assert sales.deal_of(sent).partner_id == sent.partner_id
    assert _events(sent) == ["ReferralSubmitted", "ReferralQualified"]


def test_a_late_decision_lengthens_the_protection(lead: User, maya: User) -> None:
    sent = sales.referral(lead)
    late = timedelta(hours=3)
    actions.qualify(maya, sent, seen_version=sent.version, now=sent.due_at + late)
    protection = queries.protection_of(sent.partner_id, sent.id)
    assert protection.ends_at - protection.starts_at == timedelta(days=90) + late
    assert _clock(sent).state is ClockState.BREACHED


def test_nobody_to_own_the_deal_takes_the_decision_back(app: Flask, maya: User) -> None:
    sales.program()
    sent = sales.referral(sales.lead())
    ref = sent.ref
    with pytest.raises(Refused, match="Invite a sales owner first"):
        actions.qualify(maya, sent, seen_version=sent.version, now=NOON)
    db.session.rollback()
    assert sales.again(ref).status is Status.SUBMITTED


@pytest.mark.parametrize(
    ("title", "decide"),
    [
        ("Praktikantin Buchhaltung", "qualify"),
        ("Operations Director", "decline"),
    ],
)
def test_a_decision_against_the_reading_needs_a_reason(lead: User, maya: User, title: str, decide: str) -> None:
    sent = sales.referral(lead, contact_title=title)
    given = {"reason": DeclineReason.NO_FIT} if decide == "decline" else {}
    act: Callable[..., None] = getattr(actions, decide)
    with pytest.raises(Refused, match="The reading says") as refusal:
        act(maya, sent, seen_version=sent.version, now=NOON, **given)
    assert refusal.value.field == "because"
    act(maya, sent, seen_version=sent.version, now=NOON, because="I spoke to them.", **given)
    assert sent.overruled_because == "I spoke to them."


def test_a_declined_referral_owes_nothing_and_opens_no_deal(lead: User, maya: User) -> None:
    sent = sales.referral(lead, contact_title="Sachbearbeiter Vertrieb")
    actions.decline(maya, sent, seen_version=sent.version, now=NOON, reason=DeclineReason.NOT_THE_DECIDER)
    db.session.commit()
    assert (sent.status, sent.due_at, sent.decline_reason) == (Status.DECLINED, FAR, DeclineReason.NOT_THE_DECIDER)
    assert not db.session.scalars(all_partners(sa.select(Deal), "a test")).all()


def test_another_reason_is_told_in_words(lead: User, maya: User) -> None:
    sent = sales.referral(lead, contact_title="Sachbearbeiter Vertrieb")
    with pytest.raises(Refused) as refusal:
        actions.decline(maya, sent, seen_version=sent.version, now=NOON, reason=DeclineReason.OTHER)
    assert refusal.value.field == "note"


def test_the_second_of_two_deciders_is_told(lead: User, maya: User) -> None:
    sent = sales.referral(lead)
    seen = sent.version
    actions.qualify(maya, sent, seen_version=seen, now=NOON)
    with pytest.raises(Overtaken):
        actions.decline(maya, sent, seen_version=seen, now=NOON, reason=DeclineReason.NO_FIT, because="No.")


def test_each_move_is_made_from_the_states_that_allow_it(lead: User, maya: User) -> None:
    """Every action from every state that can be reached: what the table of moves refuses changes nothing."""
    reach: dict[Status, list[str]] = {
        Status.SUBMITTED: [],
        Status.NEEDS_INFO: ["ask"],
        Status.UNDER_REVIEW: ["ask", "answer"],
        Status.QUALIFIED: ["qualify"],
        Status.DECLINED: ["decline"],
        Status.WITHDRAWN: ["withdraw"],
    }
    leads_to = {
        "ask": Status.NEEDS_INFO,
        "answer": Status.UNDER_REVIEW,
        "qualify": Status.QUALIFIED,
        "decline": Status.DECLINED,
        "withdraw": Status.WITHDRAWN,
    }

    def act(name: str, sent: Referral) -> None:
        given = {
            "ask": {"question": "Who?"},
            "answer": {"text": "She."},
            "decline": {"reason": DeclineReason.NO_FIT, "because": "No."},
        }
        by = lead if name in ("answer", "withdraw") else maya
        getattr(actions, name)(by, sent, seen_version=sent.version, now=NOON, **given.get(name, {}))

    for state, path in reach.items():
        for name, then in leads_to.items():
            sent = sales.referral(lead)
            ref = sent.ref
            for step in path:
                act(step, sent)
            db.session.commit()
            assert sent.status is state
            if then in NEXT[state] and (name != "answer" or state is Status.NEEDS_INFO):
                act(name, sent)
                assert sent.status is then, (state, name)
            else:
                with pytest.raises(Refused):
                    act(name, sent)
                db.session.rollback()
                assert sales.again(ref).status is state, (state, name)


def _clock(sent: Referral) -> SlaClock:
    clock = latest(sent.ref, ANSWERS)
    assert clock is not None
    return clock


def _events(sent: Referral) -> list[str]:
    told = sa.select(EventRow.kind).where(EventRow.ref == sent.ref).order_by(EventRow.seq)
    return list(db.session.scalars(all_partners(told, "a test")))
