"""A move by mistake is taken back within a day, with what had followed from it."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals import actions
from portal.deals.models import Deal
from portal.deals.rules import LostReason, Stage
from portal.errors import Overtaken, Refused
from portal.extensions import db
from portal.fees.models import FeeLine
from portal.fees.rules import LineState
from portal.notifications.models import Delivery
from portal.referrals.queries import protection_of
from portal.referrals.rules import ProtectionState
from portal.scope import all_partners
from portal.sla.models import SlaClock
from portal.sla.rules import ClockKind, ClockState
from tests.support import make, sales
from tests.support.make import NOON
from tests.support.proof import broken_of_deals

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CARRIES: dict[str, dict[str, Any]] = {
    "won": {"value_minor": 1_100_000, "won_on": NOON.date()},
    "lost": {"lost_reason": LostReason.PRICE},
    "parked": {"parked_until": date(2027, 2, 1)},
    "cancelled": {"cancel_reason": "They withdrew in time."},
}


@pytest.fixture
def sam(app: Flask) -> User:
    sales.program()
    return sales.detached(make.staff(Role.SALES_OWNER, name="Sam Ortega"))


@pytest.fixture
def deal(sam: User) -> Deal:
    return sales.qualified(sales.lead())


def go(deal: Deal, *stages: str, now: Any = NOON) -> Deal:
    for stage in stages:
        sales.moved(deal, stage, now=now, **CARRIES.get(stage, {}))
    return deal


def undo(deal: Deal, now: Any = NOON + HOUR, by: User | None = None) -> None:
    actions.undo(by or sales.owner_of(deal), deal, seen_version=deal.version, now=now)
    db.session.commit()


def clock(deal: Deal) -> SlaClock:
    return db.session.scalars(
        all_partners(
            sa.select(SlaClock).where(SlaClock.ref == deal.ref, SlaClock.kind == ClockKind.FIRST_CONTACT), "a test"
        )
    ).one()


def fees(deal: Deal) -> list[tuple[str, LineState]]:
    lines = sa.select(FeeLine.cause, FeeLine.state).where(FeeLine.deal_id == deal.id).order_by(FeeLine.id)
    return [tuple(row) for row in db.session.execute(all_partners(lines, "a test"))]  # type: ignore[misc]


@pytest.mark.parametrize(
    "path",
    [
        ["contacted"],
        ["won"],
        ["lost"],
        ["parked"],
        ["contacted", "meeting"],
        ["contacted", "proposal", "won"],
        ["contacted", "lost"],
        ["lost", "meeting"],
        ["parked", "new"],
        ["parked", "lost"],
        ["won", "cancelled"],
    ],
)
def test_an_undone_move_leaves_everything_as_it_was(deal: Deal, path: list[str]) -> None:
    go(deal, *path[:-1])
    others = ("version", "before", "update_due_at")  # the undoing is news too, so the next news are owed later
    kept = {c.key: getattr(deal, c.key) for c in sa.inspect(Deal).columns if c.key not in others}
    before = (clock(deal).state, clock(deal).due_at, clock(deal).took_minutes)
    go(deal, path[-1], now=NOON + HOUR)
    undo(deal, NOON + 2 * HOUR)
    assert {name: getattr(deal, name) for name in kept} == kept
    assert (clock(deal).state, clock(deal).due_at, clock(deal).took_minutes) == before
    assert broken_of_deals() == []


def test_the_fee_of_a_win_by_mistake_is_taken_back_and_booked_again_when_it_is_won(deal: Deal) -> None:
    go(deal, "won")
    assert fees(deal) == [(f"won:{deal.ref}:first-deal", LineState.ACCRUED)]
    undo(deal)
    assert [state for _, state in fees(deal)] == [LineState.VOID]
    go(deal, "won", now=NOON + 2 * HOUR)
    assert fees(deal)[1] == (f"won:{deal.ref}:first-deal:2", LineState.ACCRUED)
    undo(deal, NOON + 3 * HOUR)
    go(deal, "won", now=NOON + 4 * HOUR)
    assert fees(deal)[2] == (f"won:{deal.ref}:first-deal:3", LineState.ACCRUED)
    assert broken_of_deals() == []


def test_a_cancellation_by_mistake_books_the_fee_again(deal: Deal) -> None:
    go(deal, "won", "cancelled")
    undo(deal)
    assert deal.stage is Stage.WON
    assert [state for _, state in fees(deal)] == [LineState.VOID, LineState.ACCRUED]
    assert broken_of_deals() == []


def test_a_late_contact_by_mistake_gives_its_days_back(deal: Deal) -> None:
    assert deal.partner_id
    assert deal.referral_id
    ends, due = protection_of(deal.partner_id, deal.referral_id).ends_at, clock(deal).due_at
    go(deal, "contacted", now=due + 2 * HOUR)
    undo(deal, due + 3 * HOUR)
    assert protection_of(deal.partner_id, deal.referral_id).ends_at == ends
    assert clock(deal).state is ClockState.BREACHED  # it was late, whoever was contacted
    go(deal, "contacted", now=due + 5 * HOUR)
    assert protection_of(deal.partner_id, deal.referral_id).ends_at == ends + 5 * HOUR


def test_a_return_by_mistake_rests_again(deal: Deal) -> None:
    assert deal.partner_id
    assert deal.referral_id
    go(deal, "parked", "contacted")
    undo(deal)
    assert protection_of(deal.partner_id, deal.referral_id).state is ProtectionState.PAUSED
    assert deal.parked_until == date(2027, 2, 1)


def test_a_move_is_undone_once_within_a_day_and_by_its_owner(sam: User, deal: Deal) -> None:
    with pytest.raises(Refused, match="no move to undo"):
        undo(deal)
    go(deal, "contacted")
    with pytest.raises(Refused, match="owner"):
        undo(deal, by=make.staff(Role.SALES_OWNER))
    with pytest.raises(Refused, match="within a day"):
        undo(deal, NOON + DAY + HOUR)
    with pytest.raises(Overtaken):
        actions.undo(sam, deal, seen_version=deal.version - 1, now=NOON)
    undo(deal, NOON + DAY)
    with pytest.raises(Refused, match="no move to undo"):
        undo(deal)


def test_a_lost_deal_that_was_reopened_by_mistake_can_be_reopened_still(deal: Deal) -> None:
    go(deal, "lost", "contacted")
    assert deal.reopened == 1
    undo(deal)
    assert (deal.stage, deal.reopened, deal.lost_reason) == (Stage.LOST, 0, LostReason.PRICE)
    go(deal, "meeting")
    assert deal.reopened == 1


def test_the_partner_is_told_of_the_mistake(deal: Deal) -> None:
    go(deal, "won")
    undo(deal)
    told = sa.select(Delivery.subject, Delivery.lines).order_by(Delivery.id.desc()).limit(1)
    row = db.session.execute(all_partners(told, "a test")).one()
    assert row.subject == f"Corrected: {deal.company}"
    assert row.lines[0] == f"We had noted “won” for {deal.company} by mistake. It is at “new”, as before."
