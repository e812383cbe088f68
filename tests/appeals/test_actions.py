"""A decision is appealed to another person, once, in time."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from portal.appeals import actions
from portal.appeals.models import Appeal
from portal.appeals.rules import AppealState
from portal.auth.models import User
from portal.auth.rules import Role
from portal.errors import Overtaken, Refused
from portal.extensions import db
from portal.protections import actions as protections
from portal.referrals import actions as referrals
from portal.referrals.models import Referral
from portal.referrals.rules import ProtectionState, Status
from portal.scope import all_partners
from portal.sla.rules import ClockState
from tests.notifications.outbox import mails, outbox
from tests.support import claims, make, sales
from tests.support.claims import DAY, appealed, declined, kinds
from tests.support.make import NOON
from tests.support.proof import broken_of_deals


@pytest.fixture
def people(app: Flask) -> SimpleNamespace:
    sales.program()
    make.staff(Role.SALES_OWNER, name="Sam")
    maya, noor, pia = (
        sales.detached(make.staff(role, name=name))
        for role, name in ((Role.QUALIFIER, "Maya"), (Role.QUALIFIER, "Noor"), (Role.PARTNER_MANAGER, "Pia"))
    )
    return SimpleNamespace(maya=maya, noor=noor, pia=pia, lead=sales.detached(sales.lead(name="Ana")))


def answer(
    by: User, made: Appeal, sent: Referral, *, uphold: bool, now: object = NOON, reason: str = "So it is."
) -> None:
    act = actions.uphold if uphold else actions.reject
    act(by, made, sent, seen_version=made.version, now=now, reason=reason)  # type: ignore[arg-type]
    db.session.commit()


def test_an_upheld_appeal_is_decided_anew_by_somebody_else(people: SimpleNamespace) -> None:
    sent = declined(people.lead, people.maya, company="Nordlys AS")
    made = appealed(people.lead, sent)
    assert {each.to for each in outbox("AppealOpened")} == mails(people.noor, people.pia)
    answer(people.pia, made, sent, uphold=True, now=NOON + DAY)
    assert (sent.status, sent.decided_by_id, sent.decline_reason) == (Status.UNDER_REVIEW, None, None)
    assert sent.due_at == sales.clock_of(sent.ref).due_at == NOON + 2 * DAY  # the promise begins anew
    assert kinds(sent)[-2:] == ["AppealUpheld", "ReferralReopened"]
    told = {each.to: each for each in outbox("ReferralReopened")}
    assert told.keys() == mails(people.lead, people.noor)
    assert "“So it is.”" in told[people.lead.email].text
    assert told[people.noor.email].subject.startswith("Decide anew by Fri 20 Nov")
    with pytest.raises(Refused, match=r"appealed with success.*Noor can"):
        referrals.qualify(people.maya, sent, seen_version=sent.version, now=NOON + DAY)
    by_hand = sa.update(Referral).where(Referral.ref == sent.ref).values(decided_by_id=people.maya.id)
    with pytest.raises(DBAPIError, match="does not decide again"):
        db.session.execute(all_partners(by_hand, "a test"))
    again = claims.read_anew(sent)
    referrals.qualify(people.noor, again, seen_version=again.version, now=NOON + DAY)
    db.session.commit()
    assert claims.of(again).state is ProtectionState.ACTIVE
    assert broken_of_deals() == []


def test_a_rejected_one_is_final(people: SimpleNamespace) -> None:
    sent = declined(people.lead, people.maya)
    made = appealed(people.lead, sent)
    with pytest.raises(Refused, match="Say why"):
        answer(people.pia, made, sent, uphold=False, reason=" ")
    answer(people.pia, made, sent, uphold=False)
    assert (sent.status, made.state) == (Status.DECLINED, AppealState.REJECTED)
    assert "That is final." in outbox("AppealRejected")[0].text
    with pytest.raises(Refused, match="is appealed once, and this one was on"):
        appealed(people.lead, sent)
    assert broken_of_deals() == []


def test_who_decided_does_not_answer_and_the_database_says_so_too(people: SimpleNamespace) -> None:
    sent = declined(people.lead, people.maya)
    made = appealed(people.lead, sent)
    with pytest.raises(Refused, match=r"You took this decision.*Noor or Pia can"):
        answer(people.maya, made, sent, uphold=True)
    by_hand = sa.update(Appeal).where(Appeal.ref == made.ref).values(decided_by_id=people.maya.id)
    with pytest.raises(DBAPIError, match="another person than who decided"):
        db.session.execute(all_partners(by_hand, "a test"))


def test_who_entered_it_does_not_answer(people: SimpleNamespace) -> None:
    sent = declined(people.lead, people.maya)
    made = appealed(people.lead, sent)
    row = claims.entered_by(sent, people.pia)
    with pytest.raises(Refused, match="You entered this referral"):
        answer(people.pia, made, row, uphold=True)


def test_there_is_a_time_to_appeal(people: SimpleNamespace) -> None:
    sent = declined(people.lead, people.maya)
    with pytest.raises(Refused, match=r"time to appeal ended on \w+ \d+ \w+"):
        appealed(people.lead, sent, NOON + 14 * DAY + timedelta(hours=13))
    assert appealed(people.lead, sent, NOON + 14 * DAY).state is AppealState.OPEN


def test_what_is_not_declined_is_not_appealed(people: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="no decision here"):
        appealed(people.lead, sales.referral(people.lead))


def test_a_withdrawn_one_leaves_the_decision(people: SimpleNamespace) -> None:
    sent = declined(people.lead, people.maya)
    made = appealed(people.lead, sent)
    actions.withdraw(people.lead, sent, seen_version=made.version, now=NOON)
    db.session.commit()
    assert (made.state, sent.status) == (AppealState.WITHDRAWN, Status.DECLINED)
    assert sales.clock_of(made.ref).state is ClockState.MET
    with pytest.raises(Overtaken):
        actions.reject(people.pia, made, sent, seen_version=made.version - 1, now=NOON, reason="No.")


def test_who_introduced_them_again_is_answered_there(people: SimpleNamespace) -> None:
    sent = declined(people.lead, people.maya, website="nordlys.example")
    made = appealed(people.lead, sent)
    again = sales.referral(people.lead, website="nordlys.example")
    with pytest.raises(referrals.Introduced, match=again.ref):
        answer(people.pia, made, sent, uphold=True)


@pytest.mark.parametrize("days", [1, 10])
def test_a_revoked_protection_comes_back_and_loses_no_day(people: SimpleNamespace, days: int) -> None:
    """Nor does our delay cost one."""
    sent = claims.qualified(people.lead, people.maya)
    protections.revoke(people.pia, sent, seen_version=claims.of(sent).version, now=NOON, reason="Bought.")
    db.session.commit()
    made = appealed(people.lead, sent)
    with pytest.raises(Refused, match="You took this decision"):
        answer(people.pia, made, sent, uphold=True)
    sent = claims.read_anew(sent)
    made = claims.open_appeal(sent.ref)
    answer(people.maya, made, sent, uphold=True, now=NOON + days * DAY)
    late = max(timedelta(), NOON + days * DAY - sales.clock_of(made.ref).due_at)
    assert claims.of(sent).state is ProtectionState.ACTIVE
    assert claims.of(sent).ends_at == NOON + (90 + days) * DAY + late
    assert bool(late) == (days == 10)
    assert "you lost no day" in outbox("ProtectionRestored")[0].text
    assert broken_of_deals() == []
