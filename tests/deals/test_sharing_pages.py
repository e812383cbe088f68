"""What each side reads of a deal that two partners share, and where it is divided."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals.stories import rules as stories
from portal.extensions import db
from portal.partners.models import Partner
from portal.scope import all_partners
from tests.notifications.outbox import outbox
from tests.support import make, sales
from tests.support.client import Client, client_of
from tests.support.make import NOON
from tests.support.shared import BECAUSE, Shared, agreed, contested, line_of, won


@pytest.fixture
def two(app: Flask) -> Shared:
    return agreed(now=clock.now() - timedelta(hours=6))


def partner_of(user: User) -> Partner:
    return db.session.scalars(all_partners(sa.select(Partner).where(Partner.id == user.partner_id), "a test")).one()


def pages(client: Client, user: User, *paths: str) -> str:
    seen = client.as_(user)
    return " ".join(seen.get(path).text for path in paths)


def test_each_partner_sees_its_own_share_and_nothing_of_the_other(app: Flask, two: Shared) -> None:
    won(two, now=clock.now())
    hers, his = line_of(two, two.hana), line_of(two, two.ben)
    around = ("/earnings/", "/referrals/", "/")
    mine = pages(client_of(app), two.hana, f"/referrals/{two.first.ref}", f"/earnings/{hers.ref}", *around)
    theirs = pages(client_of(app), two.ben, f"/referrals/{two.second.ref}", f"/earnings/{his.ref}", *around)
    assert "Your share is 60 %" in mine
    assert "Your share is 40 %" in theirs
    for page, own, other in ((mine, "€1,560.00", "€1,040.00"), (theirs, "€1,040.00", "€1,560.00")):
        assert own in page
        assert other not in page
    of_ben = ("Ben Otieno", two.second.ref, his.ref, "40 %")
    of_hana = ("Hana Quist", two.first.ref, hers.ref, "60 %")
    for page, foreign in ((mine, of_ben), (theirs, of_hana)):
        assert not [each for each in (*foreign, BECAUSE) if each in page]


def test_each_partner_reads_the_company_as_it_spelt_it(client: Client, two: Shared) -> None:
    won(two, now=clock.now())
    for user, own, other in ((two.ben, two.second, two.first), (two.hana, two.first, two.second)):
        for path in ("/earnings/", f"/earnings/{line_of(two, user).ref}"):
            page = client.as_(user).get(path).text
            assert own.company in page
            assert other.company not in page


def test_staff_find_a_shared_deal_by_each_of_its_partners(client: Client, two: Shared) -> None:
    client.as_(sales.owner_of(two.deal))
    name = two.deal.company
    alone = sales.qualified(two.ben, clock.now(), company="Vetter GmbH", website="vetter.example")
    for partner, found in ((two.hana, {two.deal.ref}), (two.ben, {two.deal.ref, alone.ref}), (sales.lead(), set())):
        page = client.get(f"/staff/deals/?partner={partner_of(partner).ref}").text
        assert {each for each in (two.deal.ref, alone.ref) if f'"/staff/deals/{each}"' in page} == found
    narrowed = f"/staff/deals/?partner={partner_of(two.ben).ref}"
    assert name not in client.get(f"{narrowed}&stage=won").text
    assert name in client.get(f"{narrowed}&q={two.deal.ref}").text
    assert "Vetter GmbH" not in client.get(f"{narrowed}&q={two.deal.ref}").text
    for path in ("/staff/deals/", "/staff/deals/board"):
        assert client.get(path).text.count(f"{partner_of(two.hana).name} and 1 more · ") == 1, path


def test_the_referrals_of_an_owner_are_also_those_that_joined_a_deal(client: Client, two: Shared) -> None:
    owner = sales.owner_of(two.deal)
    page = client.as_(make.staff(Role.QUALIFIER)).get(f"/staff/referrals/?owner={owner.ref}").text
    assert two.first.ref in page
    assert two.second.ref in page


def test_beside_its_share_a_partner_reads_the_rule_and_the_times(client: Client, two: Shared) -> None:
    won(two, now=clock.now())
    mine = client.as_(two.ben).get(f"/referrals/{two.second.ref}").text
    assert "Another claim to this company" in mine
    assert "Settled" in mine
    assert "Another partner came with the same company" in client.as_(two.hana).get(f"/referrals/{two.first.ref}").text


def test_what_was_before_it_joined_is_not_on_its_track() -> None:
    joined, began = NOON, NOON - timedelta(days=9)
    row = SimpleNamespace(share_bp=4000, decided_at=joined)
    assert stories.as_joined(row, began) == joined
    assert stories.as_joined(row, joined + timedelta(days=1)) == joined + timedelta(days=1)
    assert stories.as_joined(SimpleNamespace(share_bp=None, decided_at=joined), began) == began
    assert stories.as_joined(row, None) is None


def test_one_is_not_shown_the_others_fee(client: Client, two: Shared) -> None:
    won(two, now=clock.now())
    hers = line_of(two, two.hana).ref
    assert client.as_(two.ben).get(f"/earnings/{hers}").status_code == 404


def test_the_second_partner_follows_the_deal_as_its_own(client: Client, two: Shared) -> None:
    sales.moved(two.deal, "contacted", now=clock.now())
    page = client.as_(two.ben).get(f"/referrals/{two.second.ref}").text
    assert "moved the deal to contacted." in page
    assert "In conversation" in page
    heard = [mail for mail in outbox("DealMoved") if mail.to == two.ben.email]
    assert two.second.company in heard[0].subject
    assert two.first.company not in heard[0].subject + heard[0].text


def test_what_is_expected_is_the_share_of_it(client: Client, two: Shared) -> None:
    owner = client.as_(sales.owner_of(two.deal))
    step = {
        "version": two.deal.version,
        "next_step": "Call them.",
        "next_step_on": clock.now().date() + timedelta(days=9),
    }
    owner.post(f"/staff/deals/{two.deal.ref}/next-step", data=step | {"expected": "10,000.00"})
    page = client.as_(two.ben).get(f"/referrals/{two.second.ref}").text
    assert "about €400.00" in page
    assert "€400.00" in client.get("/earnings/").text
    assert "€600.00" in client.as_(two.hana).get("/earnings/").text


def test_a_qualifier_splits_on_a_page_of_its_own(client: Client, app: Flask) -> None:
    two = contested(clock.now() - timedelta(hours=6))
    maya = client.as_(make.staff(Role.QUALIFIER, name="Maya"))
    path = f"/staff/conflicts/{two.second.ref}/split"
    assert f'href="{path}"' in maya.get(f"/staff/referrals/{two.second.ref}").text
    assert f"By referral {two.first.ref}" in maya.get(path).text
    typed = {"version": two.second.version, "share_1": "60", "share_2": "30", "because": BECAUSE}
    again = maya.post(path, data=typed)
    assert again.status_code == 422
    assert "The shares add up to 90 %." in again.text
    done = maya.post(path, data=typed | {"share_2": "40"}, follow_redirects=True).text
    assert "is qualified and shares deal" in done
    assert "Split agreed" in done
    assert "60 %" in maya.get(f"/staff/deals/{two.deal.ref}").text


def test_without_an_open_deal_nothing_is_offered(client: Client, app: Flask) -> None:
    two = contested(clock.now() - timedelta(hours=6))
    sales.moved(two.deal, "lost", now=clock.now(), lost_reason="price")
    maya = client.as_(make.staff(Role.QUALIFIER, name="Maya"))
    assert "/split" not in maya.get(f"/staff/referrals/{two.second.ref}").text
    assert maya.get(f"/staff/conflicts/{two.second.ref}/split").status_code == 409


def test_a_partner_manager_changes_the_shares_and_others_read_them(client: Client, two: Shared) -> None:
    path = f"/staff/deals/{two.deal.ref}/shares"
    petra = client.as_(make.staff(Role.PARTNER_MANAGER, name="Petra"))
    assert 'value="60"' in petra.get(path).text
    typed = {"version": two.deal.version, "share_1": "55.5", "share_2": "44.5", "because": "As they agreed."}
    assert "Each partner is told its own." in petra.post(path, data=typed, follow_redirects=True).text
    assert petra.post(path, data=typed).status_code == 409
    read = client.as_(make.staff(Role.AUDITOR)).get(path).text
    assert "55.5 %" in read
    assert "60 %, until" in read
    assert "Partner managers change the shares" in read
    alone = client.get(f"/staff/deals/{sales.qualified(two.hana).ref}/shares").text
    assert "This deal is not shared" in alone
