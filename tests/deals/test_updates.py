"""The partner hears every so many days how a deal stands: by a move, or by a few words of its owner."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal.auth.models import User
from portal.auth.rules import Role
from portal.conversation import actions as conversation
from portal.deals import actions, updates
from portal.deals.models import Deal
from portal.errors import Refused
from portal.extensions import db
from portal.referrals import queries as referrals
from portal.referrals.models import Referral
from portal.sla import queries as clocks
from portal.sla.models import SlaClock
from portal.sla.rules import ClockKind, ClockState
from tests.notifications.outbox import outbox
from tests.support import make, sales, shared
from tests.support.client import Client
from tests.support.make import NOON
from tests.support.proof import broken_of_deals

DAY = timedelta(days=1)
TEN_WORKING_DAYS = 14 * DAY
WON: dict[str, Any] = {"value_minor": 1_100_000, "won_on": NOON.date()}


@pytest.fixture
def sam(app: Flask) -> User:
    sales.program()
    return make.staff(Role.SALES_OWNER, name="Sam Ortega")


@pytest.fixture
def deal(sam: User) -> Deal:
    return sales.qualified(sales.lead())


def _clocks(deal: Deal) -> list[SlaClock]:
    return list(clocks.of(deal.ref, (ClockKind.PERIODIC_UPDATE,)))


def _states(deal: Deal) -> list[ClockState]:
    return [clock.state for clock in _clocks(deal)]


def test_each_move_is_news_and_the_next_is_owed_from_then_on(deal: Deal) -> None:
    assert deal.update_due_at is None
    sales.moved(deal, "contacted", now=NOON + DAY)
    assert deal.update_due_at == NOON + DAY + TEN_WORKING_DAYS
    sales.moved(deal, "meeting", now=NOON + 2 * DAY)
    assert deal.update_due_at == NOON + 2 * DAY + TEN_WORKING_DAYS
    assert _states(deal) == [ClockState.MET, ClockState.RUNNING]
    sales.moved(deal, "proposal", "won", now=NOON + 5 * DAY, **WON)
    assert (deal.update_due_at, _states(deal)[-1]) == (None, ClockState.MET)
    assert broken_of_deals() == []


def test_it_rests_while_the_deal_is_parked(deal: Deal) -> None:
    sales.moved(deal, "contacted", now=NOON)
    sales.moved(deal, "parked", now=NOON + DAY, parked_until=(NOON + 60 * DAY).date())
    assert (deal.update_due_at, _states(deal)) == (None, [ClockState.PAUSED])
    sales.moved(deal, "contacted", now=NOON + 50 * DAY)
    assert _states(deal) == [ClockState.MET, ClockState.RUNNING]
    assert deal.update_due_at == NOON + 50 * DAY + TEN_WORKING_DAYS


def test_a_move_that_is_taken_back_takes_the_promise_back(deal: Deal, sam: User) -> None:
    sales.moved(deal, "contacted", now=NOON)
    actions.undo(sam, deal, seen_version=deal.version, now=NOON + timedelta(hours=1))
    db.session.commit()
    assert (deal.update_due_at, _states(deal)) == (None, [ClockState.MET])
    sales.moved(deal, "contacted", now=NOON + timedelta(hours=1))
    assert deal.update_due_at is not None
    assert broken_of_deals() == []


def test_the_owners_words_count_and_overtake_nobody(deal: Deal, sam: User) -> None:
    sales.moved(deal, "contacted", now=NOON)
    version = deal.version
    updates.tell_partner(sam, deal, "They compare two offers.", now=NOON + 2 * DAY)
    db.session.commit()
    (news,) = outbox("DealUpdateGiven")
    assert "They compare two offers." in news.text
    db.session.commit()
    again = sales.again_deal(deal.ref)
    assert again.update_due_at == NOON + 2 * DAY + TEN_WORKING_DAYS
    assert (again.version, _states(deal)) == (version, [ClockState.MET, ClockState.RUNNING])


def test_of_a_shared_deal_news_are_owed_until_each_partner_was_told(app: Flask) -> None:
    found = shared.agreed(now=NOON)
    owner = sales.owner_of(found.deal)
    began = NOON + timedelta(hours=5)
    sales.moved(found.deal, "contacted", now=began)

    def due_after(referral: Referral, days: int, by: User = owner, **note: Any) -> timedelta:
        conversation.write(by, referral, text="They compare offers.", now=began + days * DAY, **note)
        db.session.commit()
        due_at = sales.again_deal(found.deal.ref).update_due_at or began
        return due_at - began - TEN_WORKING_DAYS

    assert due_after(found.first, 1) == timedelta()
    assert due_after(found.second, 2, is_internal=True) == timedelta(), "a note of ours"
    assert due_after(found.second, 2, by=found.ben) == timedelta(), "their own words"
    assert due_after(found.second, 5) == 5 * DAY, "both were told"
    assert due_after(found.second, 6) == 5 * DAY
    assert due_after(found.first, 7) == 7 * DAY, "in any order"
    updates.tell_partner(owner, found.deal, "They decide on Monday.", now=began + 8 * DAY)
    assert sales.again_deal(found.deal.ref).update_due_at == began + 8 * DAY + TEN_WORKING_DAYS


def test_late_news_is_a_missed_promise_and_lengthens_no_claim(deal: Deal, sam: User) -> None:
    sales.moved(deal, "contacted", now=NOON)
    before = referrals.protection_of(deal.partner_id or 0, deal.referral_id or 0).ends_at
    updates.tell_partner(sam, deal, "Sorry for the wait.", now=NOON + TEN_WORKING_DAYS + 2 * DAY)
    after = referrals.protection_of(deal.partner_id or 0, deal.referral_id or 0).ends_at
    assert (after - before, _states(deal)) == (timedelta(), [ClockState.BREACHED, ClockState.RUNNING])


def test_who_may_tell_and_when(deal: Deal, sam: User) -> None:
    with pytest.raises(Refused, match="Only its owner"):
        updates.tell_partner(make.staff(Role.SALES_OWNER), deal, "Well.", now=NOON)
    sales.moved(deal, "contacted", "meeting", "proposal", "won", **WON)
    with pytest.raises(Refused, match="the partner knows"):
        updates.tell_partner(sam, deal, "Well.", now=NOON)


def test_the_partner_reads_it_and_by_when_the_next_comes(client: Client, deal: Deal, sam: User) -> None:
    owner = client.as_(sam)
    path = f"/staff/deals/{deal.ref}"
    owner.post(f"{path}/stage", data={"version": "1", "then": "contacted"})
    assert owner.post(f"{path}/update", data={"text": ""}).status_code == 422
    page = owner.post(f"{path}/update", data={"text": "They compare two offers."}, follow_redirects=True).text
    assert "Sam Ortega" in page
    assert "“They compare two offers.”" in page
    owner.post(f"{path}/update", data={"text": "They took ours."})
    lead = make.partner_user(Role.PARTNER_ADMIN, partner_id=deal.partner_id)
    referral = sales.referral_of(deal)
    page = client.as_(lead).get(f"/referrals/{referral.ref}").text
    for words in (
        "They took ours.",
        "They compare two offers.",
        "Next update by",
        "from Sam Ortega",
        "Sam Ortega told how it stands.",
    ):
        assert words in page, words
    assert page.index("They took ours.") < page.index("They compare two offers.")
