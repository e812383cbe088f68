"""Two deals that are shared, one beside the other: what is asked of one is answered of that one alone."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.auth.rules import Role
from portal.conflicts import actions as conflicts
from portal.deals import shares, sharing, updates
from portal.deals.models import Deal
from portal.deals.stories import queries as stories
from portal.errors import Refused
from portal.extensions import db
from portal.scope import all_partners
from tests.support import make, sales
from tests.support.make import NOON
from tests.support.shared import BECAUSE, HOUR, Shared, agreed

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
LATER = NOON + timedelta(hours=6)
OTHER: dict[str, Any] = {"company": "Penrose Werft", "website": "penrose.example"}


@pytest.fixture
def both(app: Flask) -> tuple[Shared, Shared]:
    """Hana's and Ben's, divided once more since; Carl's and Dora's."""
    one = agreed()
    carl, dora = (sales.detached(sales.lead(name=name)) for name in ("Carl", "Dora"))
    deal = sales.qualified(carl, NOON, **OTHER)
    first, second = sales.referral_of(deal), sales.referral(dora, NOON + HOUR, **OTHER)
    given: dict[str, Any] = {"seen_version": second.version, "now": NOON + 2 * HOUR, "because": BECAUSE}
    conflicts.split(make.staff(), second, divided={first.id: 7000, second.id: 3000}, **given)
    divide(one, {one.first.id: 5500, one.second.id: 4500})
    db.session.commit()
    return one, Shared(carl, dora, deal, first, second)


def divide(of: Shared, divided: dict[int, int]) -> None:
    by = make.staff(Role.PARTNER_MANAGER)
    sharing.divide(by, of.deal, divided, seen_version=of.deal.version, now=LATER, because="They did more.")


def test_each_deal_has_its_own_shares_as_they_are_now(both: tuple[Shared, Shared]) -> None:
    for pair, parts in zip(both, ((5500, 4500), (7000, 3000)), strict=True):
        own = [(pair.hana.partner_id, parts[0]), (pair.ben.partner_id, parts[1])]
        assert [(each.partner_id, each.share_bp) for each in shares.of_deal(pair.deal.id)] == own
        assert [(each.partner_id, each.referral_ref) for each in shares.joined(pair.deal.id)] == [
            (pair.ben.partner_id, pair.second.ref)
        ]
        sides = [(each.referral_id, each.share_bp) for each in shares.sides(pair.deal)]
        assert sides == [(pair.first.id, parts[0]), (pair.second.id, parts[1])]
    assert [each.DealShare.share_bp for each in shares.told(both[0].deal.id)] == [5500, 4500, 6000, 4000]


def test_what_was_told_before_a_partner_joined_is_not_told_to_it_though_others_joined_earlier(
    both: tuple[Shared, Shared],
) -> None:
    eve, finn = (sales.detached(sales.lead(name=name)) for name in ("Eve", "Finn"))
    deal = sales.qualified(eve, NOON, company="Osterholz AG", website="osterholz.example")
    first, second = (
        sales.referral_of(deal),
        sales.referral(finn, NOON, company="Osterholz", website="osterholz.example"),
    )
    updates.tell_partner(sales.owner_of(deal), deal, "Before.", now=NOON + 3 * HOUR)
    divided = {first.id: 5000, second.id: 5000}
    seen = second.version
    conflicts.split(make.staff(), second, seen_version=seen, divided=divided, because=BECAUSE, now=NOON + 4 * HOUR)
    updates.tell_partner(sales.owner_of(deal), deal, "After.", now=NOON + 5 * HOUR)
    db.session.commit()
    heard = [
        [each.text for each in stories.heard_of(stories.story(*whose))]
        for whose in ((eve, first.ref), (finn, second.ref))
    ]
    assert heard == [["After.", "Before."], ["After."]]


def test_a_referral_leads_to_its_own_deal(both: tuple[Shared, Shared]) -> None:
    alone = sales.referral(both[0].ben)
    for pair in both:
        for sent in (pair.first, pair.second):
            assert shares.deal_of(sent.ref) is pair.deal
    assert shares.deal_of(alone.ref) is None


def test_a_partner_has_a_share_of_its_own_deal_only(both: tuple[Shared, Shared]) -> None:
    found = {
        (pair.deal.id, user.partner_id): db.session.scalar(
            all_partners(sa.select(shares.has_share(pair.deal.id, user.partner_id)), "a test")
        )
        for pair in both
        for user in (both[0].hana, both[0].ben, both[1].hana, both[1].ben)
    }
    own = {(pair.deal.id, user.partner_id) for pair in both for user in (pair.hana, pair.ben)}
    assert {key for key, has in found.items() if has} == own


def test_a_partner_has_it_by_its_own_referral(both: tuple[Shared, Shared]) -> None:
    for pair in both:
        for user, sent in ((pair.hana, pair.first), (pair.ben, pair.second)):
            asked = sa.select(shares.referral_by_which(user.partner_id)).where(Deal.id == pair.deal.id)
            assert db.session.scalar(all_partners(asked, "a test")) == sent.id


def test_what_divides_nothing_anew_is_refused(both: tuple[Shared, Shared]) -> None:
    one, other = both
    for divided, says in (
        ({one.first.id: 5500, one.second.id: 4500}, "hold already"),
        ({one.first.id: 5500, other.second.id: 4500}, "Others share this deal meanwhile"),
        ({one.first.id: 4000, one.second.id: 4000, other.second.id: 2000}, "Others share this deal meanwhile"),
    ):
        with pytest.raises(Refused, match=says):
            divide(one, divided)
    alone = sales.qualified(one.hana)
    with pytest.raises(Refused, match="This deal is not shared"):
        sharing.divide(make.staff(), alone, {}, seen_version=alone.version, now=LATER, because="Why.")


def test_a_referral_joins_an_open_deal_in_its_own_currency(both: tuple[Shared, Shared]) -> None:
    joining = sales.referral(both[1].hana)
    given: dict[str, Any] = {"now": LATER, "because": BECAUSE}
    divided = {both[0].first.id: 5000, both[0].second.id: 4000, joining.id: 1000}
    deal = both[0].deal
    deal.currency = "CHF"
    with pytest.raises(Refused, match="pays in EUR, and the deal is in CHF"):
        sharing.join(make.staff(), deal, joining, divided, **given)
    deal.currency = "EUR"
    sales.moved(deal, "lost", now=LATER, lost_reason="price")
    with pytest.raises(Refused, match="its shares stay as they are"):
        sharing.join(make.staff(), deal, joining, divided, **given)
