"""A late first contact lengthens the claim by the delay, and a parked deal by its rest: each hour counts once, for
every partner whose deal it is."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from portal.auth.rules import Role
from portal.deals import actions as deals
from portal.deals.models import Deal
from portal.extensions import db
from portal.referrals.models import Protection
from portal.sla.rules import ClockState
from tests.support import claims, make, sales, shared
from tests.support.proof import broken_of_deals

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PARK: dict[str, Any] = {"parked_until": date(2027, 3, 1)}


@pytest.fixture
def deal(app: Flask) -> Deal:
    sales.program()
    make.staff(Role.SALES_OWNER)
    return sales.qualified(sales.lead())


def kept(deal: Deal) -> Protection:
    return claims.of(sales.referral_of(deal))


@pytest.mark.parametrize("through", ["new", "contacted"])
@pytest.mark.parametrize("parked", [-1, 0, 3])
def test_a_parked_deal_counts_its_rest_or_our_delay_and_never_both(deal: Deal, parked: int, through: str) -> None:
    """By days from the promised first contact: parked, back eight days later, reached on the second day after that."""
    clock, ends_at, tail_ends_at = sales.clock_of(deal.ref), kept(deal).ends_at, kept(deal).tail_ends_at
    due_at = clock.due_at
    at = due_at + parked * DAY
    sales.moved(deal, "parked", now=at, **PARK)
    if through == "new":
        sales.moved(deal, "new", now=at + 8 * DAY)
    sales.moved(deal, "contacted", now=(reached := at + 10 * DAY))
    if parked > 0:  # late before and after its rest
        expected = reached - due_at
    elif through == "new":  # back in time, it is due anew
        expected = 8 * DAY + max(timedelta(), reached - clock.due_at)
    else:
        expected = reached - at
    assert (kept(deal).ends_at - ends_at, kept(deal).tail_ends_at - tail_ends_at) == (expected, expected)
    assert (clock.state is ClockState.BREACHED) == (parked > 0 or (through == "new" and reached > clock.due_at))
    assert broken_of_deals() == []


@pytest.mark.parametrize("parked", [-1, 3])
def test_parked_by_mistake_it_counts_as_if_it_had_not_rested(deal: Deal, parked: int) -> None:
    due_at, ends_at = sales.clock_of(deal.ref).due_at, kept(deal).ends_at
    at = due_at + parked * DAY
    sales.moved(deal, "parked", now=at, **PARK)
    undone = sales.again_deal(deal.ref)
    deals.undo(sales.owner_of(undone), undone, seen_version=undone.version, now=at + 20 * HOUR)
    db.session.commit()
    assert kept(deal).ends_at == ends_at
    sales.moved(undone, "contacted", now=due_at + 5 * DAY)
    assert kept(deal).ends_at == ends_at + 5 * DAY
    assert broken_of_deals() == []


def test_everyone_who_shares_a_deal_gets_the_delay_and_gives_it_back_with_the_move(app: Flask) -> None:
    found = shared.agreed()
    of_both = [claims.of(each) for each in (found.first, found.second)]
    before = [(each.ends_at, each.tail_ends_at) for each in of_both]
    late = sales.clock_of(found.deal.ref).due_at + 5 * HOUR
    sales.moved(found.deal, "contacted", now=late)
    assert [(p.ends_at, p.tail_ends_at) for p in of_both] == [(a + 5 * HOUR, b + 5 * HOUR) for a, b in before]
    moved = found.deal
    deals.undo(sales.owner_of(moved), moved, seen_version=moved.version, now=late + HOUR)
    db.session.commit()
    assert [(each.ends_at, each.tail_ends_at) for each in of_both] == before
    assert broken_of_deals() == []
