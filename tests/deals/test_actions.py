"""What happens to deals, without the web."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.activity.models import EventRow
from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals import actions
from portal.deals.models import Deal
from portal.deals.rules import NEXT, Channel, Details, LostReason, Pipeline, Stage
from portal.errors import Overtaken, Refused
from portal.extensions import db
from portal.referrals.queries import protection_of
from portal.scope import all_partners
from portal.sla.models import SlaClock
from portal.sla.rules import ClockKind, ClockState
from tests.support import make, sales
from tests.support.make import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WON: dict[str, Any] = {"value_minor": 1_100_000, "won_on": NOON.date()}
LOST: dict[str, Any] = {"lost_reason": LostReason.PRICE}
PARKED: dict[str, Any] = {"parked_until": date(2027, 2, 1)}
CANCELLED: dict[str, Any] = {"cancel_reason": "They withdrew in time."}
CARRIES: dict[Stage, dict[str, Any]] = {
    Stage.WON: WON,
    Stage.LOST: LOST,
    Stage.PARKED: PARKED,
    Stage.CANCELLED: CANCELLED,
}


@pytest.fixture
def sam(app: Flask) -> User:
    sales.program()
    return sales.detached(make.staff(Role.SALES_OWNER, name="Sam Ortega"))


@pytest.fixture
def deal(sam: User) -> Deal:
    return sales.qualified(sales.lead())


def test_a_qualified_referral_becomes_a_deal_with_an_owner_and_a_next_step(sam: User, deal: Deal) -> None:
    assert (deal.stage, deal.pipeline, deal.channel) == (Stage.NEW, Pipeline.CORE, Channel.REFERRAL)
    assert (deal.owner_id, deal.owner_rule) == (sam.id, "fewest open deals")
    assert (deal.next_step, deal.next_step_on) == ("First contact", date(2026, 11, 20))  # 16 working hours
    assert _clock(deal).state is ClockState.RUNNING
    assert _events(deal) == ["DealOpened", "OwnerChosen"]


def test_whoever_has_the_fewest_open_deals_gets_the_next(sam: User, deal: Deal) -> None:
    tess = make.staff(Role.SALES_OWNER)
    assert sales.qualified(sales.lead()).owner_id == tess.id
    assert sales.qualified(sales.lead()).owner_id == sam.id
    make.staff(Role.SALES_OWNER, disabled_at=NOON)
    assert sales.qualified(sales.lead()).owner_id == tess.id


def test_the_story_of_a_won_deal(deal: Deal) -> None:
    sales.moved(deal, "contacted", now=NOON + HOUR)
    sales.moved(deal, "meeting", now=NOON + DAY)
    sales.moved(deal, "proposal", now=NOON + 2 * DAY)
    sales.moved(deal, "won", now=NOON + 3 * DAY, **WON)
    assert (deal.contacted_at, deal.meeting_at) == (NOON + HOUR, NOON + DAY)
    assert (deal.proposal_at, deal.closed_at) == (NOON + 2 * DAY, NOON + 3 * DAY)
    assert (deal.value_minor, deal.currency, deal.won_on) == (1_100_000, "EUR", NOON.date())
    assert (deal.next_step, deal.next_step_on) == ("", None)
    assert _clock(deal).took_minutes == 60
    assert _events(deal) == ["DealOpened", "OwnerChosen", "DealMoved", "DealMoved", "DealMoved", "DealWon"]


def test_each_move_gives_the_next_step_a_day(deal: Deal) -> None:
    sales.moved(deal, "contacted")
    assert (deal.next_step, deal.next_step_on) == ("Arrange a meeting", NOON.date() + 7 * DAY)


def test_a_deal_that_was_never_contacted_is_once_it_meets(deal: Deal) -> None:
    sales.moved(deal, "meeting", now=NOON + HOUR)
    assert deal.contacted_at == NOON + HOUR
    assert _clock(deal).state is ClockState.MET


def test_going_back_keeps_when_it_was_first_reached(deal: Deal) -> None:
    sales.moved(deal, "contacted", now=NOON + HOUR)
    sales.moved(deal, "new", "contacted", now=NOON + DAY)
    assert deal.contacted_at == NOON + HOUR
    assert _clock(deal).took_minutes == 60


def test_a_late_first_contact_lengthens_the_protection(deal: Deal) -> None:
    assert deal.partner_id
    assert deal.referral_id
    before = protection_of(deal.partner_id, deal.referral_id).ends_at
    sales.moved(deal, "contacted", now=_clock(deal).due_at + 2 * HOUR)
    assert protection_of(deal.partner_id, deal.referral_id).ends_at == before + 2 * HOUR
    assert _clock(deal).state is ClockState.BREACHED


def test_a_parked_deal_rests_and_comes_back(deal: Deal) -> None:
    sales.moved(deal, "parked", now=NOON + HOUR, **PARKED)
    assert (deal.pipeline, deal.next_step_on) == (Pipeline.NURTURE, date(2027, 2, 1))
    assert _clock(deal).state is ClockState.PAUSED
    sales.moved(deal, "new", now=NOON + 70 * DAY)
    assert (deal.pipeline, deal.parked_until, _clock(deal).state) == (Pipeline.CORE, None, ClockState.RUNNING)
    assert _events(deal)[2:] == ["DealParked", "DealMoved"]


def test_a_lost_deal_is_reopened_once(deal: Deal) -> None:
    sales.moved(deal, "lost", **LOST)
    assert (deal.lost_reason, _clock(deal).took_minutes) == (LostReason.PRICE, None)
    sales.moved(deal, "contacted")
    assert (deal.reopened, deal.lost_reason, deal.closed_at) == (1, None, None)
    sales.moved(deal, "lost", **LOST)
    with pytest.raises(Refused, match="reopened once"):
        sales.moved(deal, "contacted")


def test_a_won_deal_is_cancelled_with_a_reason(deal: Deal) -> None:
    sales.moved(deal, "won", **WON)
    with pytest.raises(Refused, match="why"):
        sales.moved(deal, "cancelled")
    sales.moved(deal, "cancelled", **CANCELLED)
    assert (deal.close_note, deal.value_minor) == ("They withdrew in time.", 1_100_000)


@pytest.mark.parametrize("now", [stage for stage in Stage if stage is not Stage.MERGED])
def test_a_deal_makes_only_the_moves_of_its_table(sam: User, now: Stage) -> None:
    path: list[Stage] = {Stage.NEW: [], Stage.CANCELLED: [Stage.WON, Stage.CANCELLED]}.get(now, [now])
    for then in Stage:
        deal = sales.qualified(sales.lead())
        for stage in path:
            sales.moved(deal, stage, **CARRIES.get(stage, {}))
        if then in NEXT[now]:
            sales.moved(deal, then, **CARRIES.get(then, {}))
            assert deal.stage is then
        else:
            with pytest.raises(Refused):
                sales.moved(deal, then, **CARRIES.get(then, {}))
            assert deal.stage is now


def test_nobody_but_the_owner_moves_a_deal(deal: Deal) -> None:
    other = make.staff(Role.SALES_OWNER)
    with pytest.raises(Refused, match="owner"):
        actions.move(other, deal, Stage.CONTACTED, seen_version=deal.version, now=NOON)


def test_the_second_of_two_moves_is_told(sam: User, deal: Deal) -> None:
    seen = deal.version
    actions.move(sam, deal, Stage.CONTACTED, seen_version=seen, now=NOON)
    with pytest.raises(Overtaken):
        actions.move(sam, deal, Stage.MEETING, seen_version=seen, now=NOON)


def test_the_owner_says_what_comes_next(sam: User, deal: Deal) -> None:
    step: dict[str, Any] = {
        "next_step": "Call Ruth about the move",
        "next_step_on": NOON.date() + DAY,
        "expected_minor": 1_000_000,
    }
    actions.set_next_step(sam, deal, seen_version=deal.version, now=NOON, **step)
    assert (deal.next_step, deal.expected_minor) == ("Call Ruth about the move", 1_000_000)
    with pytest.raises(Refused, match="behind"):
        actions.set_next_step(
            sam, deal, seen_version=deal.version, now=NOON, **step | {"next_step_on": NOON.date() - DAY}
        )
    sales.moved(deal, "won", **WON)
    with pytest.raises(Refused, match="nothing comes next"):
        actions.set_next_step(sam, deal, seen_version=deal.version, now=NOON, **step)


def test_a_deal_of_another_channel_belongs_to_whoever_enters_it(sam: User) -> None:
    given: dict[str, Any] = {
        "company": "Nordlys AS",
        "currency": "EUR",
        "website": "nordlys.example",
        "expected_minor": None,
    }
    entered = actions.enter(sam, now=NOON, channel=Channel.INBOUND, **given)
    assert (entered.owner_id, entered.partner_id, entered.domain) == (sam.id, None, "nordlys.example")
    sales.moved(entered, "contacted", "won", **WON)
    assert entered.stage is Stage.WON
    with pytest.raises(Refused, match="their partner"):
        actions.enter(sam, now=NOON, channel=Channel.REFERRAL, **given)


def test_details_of_a_move_are_checked(deal: Deal) -> None:
    with pytest.raises(Refused) as refusal:
        actions.move(sales.owner_of(deal), deal, Stage.WON, seen_version=deal.version, now=NOON, details=Details())
    assert refusal.value.field == "value"


def _clock(deal: Deal) -> SlaClock:
    wanted = sa.select(SlaClock).where(SlaClock.ref == deal.ref, SlaClock.kind == ClockKind.FIRST_CONTACT)
    return db.session.scalars(all_partners(wanted, "a test")).one()


def _events(deal: Deal) -> list[str]:
    told = sa.select(EventRow.kind).where(EventRow.ref == deal.ref).order_by(EventRow.seq)
    return list(db.session.scalars(all_partners(told, "a test")))
