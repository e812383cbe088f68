"""What must hold over clocks, referrals and deals: a whole story breaks nothing, each damage is named."""

from datetime import date, timedelta

import pytest
from flask import Flask

from portal.auth.rules import Role
from portal.deals.rules import LostReason
from portal.extensions import db
from portal.proof import broken
from portal.referrals import actions
from portal.referrals.decline_reasons import DeclineReason
from portal.sla import jobs
from tests.support import make, sales
from tests.support.make import NOON
from tests.support.past_the_guards import tampered


@pytest.fixture
def story(app: Flask) -> None:
    """Referrals in every state, deals at every stage; R-QUALIF and D-OPENED are qualified, R-WAITIN waits."""
    sales.program()
    make.staff(Role.SALES_OWNER)
    lead, maya = sales.lead(), make.staff()
    for stages, given in (
        (["contacted"], {}),
        (["contacted", "meeting", "proposal", "lost"], {"lost_reason": LostReason.PRICE}),
        (["parked"], {"parked_until": date(2027, 1, 1)}),
    ):
        sales.moved(sales.qualified(lead), *stages, **given)
    asked, declined, withdrawn, waits = (sales.referral(lead) for _ in range(4))
    actions.ask(maya, asked, seen_version=1, now=NOON, question="Who?")
    actions.decline(maya, declined, seen_version=1, now=NOON, reason=DeclineReason.NO_NEED, because="They said so.")
    actions.withdraw(lead, withdrawn, seen_version=1, now=NOON)
    db.session.commit()
    late = waits.due_at + timedelta(minutes=1)
    for clock_id, version in jobs.due(late, 10):
        jobs.attempt(clock_id, version, late)


def ours() -> list[str]:
    return [each for each in broken() if each.startswith(("Referral", "Deal", "The protection", "The clock"))]


def test_a_whole_story_breaks_nothing(story: None) -> None:
    assert ours() == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE referrals SET status = 'withdrawn' WHERE status = 'submitted'", "no ReferralWithdrawn says so"),
        ("UPDATE referrals SET status = 'qualified' WHERE status = 'submitted'", "has no protection"),
        ("UPDATE referrals SET status = 'qualified' WHERE status = 'submitted'", "has no deal"),
        ("UPDATE referrals SET due_at = received_at WHERE status = 'submitted'", "is not due when its clock says"),
        ("UPDATE protections SET ends_at = starts_at", "ends before it begins"),
        ("UPDATE sla_clocks SET state = 'running', ended_at = NULL WHERE state = 'paused'", "no clock of ours fits"),
        ("UPDATE sla_clocks SET ended_at = NULL WHERE state = 'breached'", "its times say otherwise"),
        ("UPDATE sla_clocks SET state = 'breached' WHERE state = 'met'", "is missed, and no event says so"),
        ("DELETE FROM sla_clocks WHERE kind = 'first_contact'", "has no clock of its first contact"),
        ("UPDATE deals SET stage = 'lost', lost_reason = 'price' WHERE stage = 'contacted'", "no DealLost says so"),
        ("UPDATE deals SET stage = 'contacted' WHERE stage = 'parked'", "stands in the nurture pipeline"),
    ],
)
def test_each_damage_is_named(story: None, change: str, named: str) -> None:
    tampered(change)
    assert any(named in sentence for sentence in ours())
