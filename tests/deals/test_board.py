"""The board, what is parked, why deals were lost, and the sums that stand above them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals import actions, board, parking
from portal.deals.models import Deal
from portal.deals.rules import USUAL_MONTHS, Channel, LostReason, Stage
from portal.extensions import db
from portal.months import months_after
from tests.support import make, sales
from tests.support.client import Client
from tests.support.past_the_guards import tampered
from tests.support.proof import broken_of_deals

DAY = timedelta(days=1)


@pytest.fixture
def sam(app: Flask) -> User:
    sales.program()
    return sales.detached(make.staff(Role.SALES_OWNER, name="Sam Ortega"))


@pytest.fixture
def owner(client: Client, sam: User) -> Client:
    return client.as_(sam)


def entered(by: User, company: str, minor: int | None = 1_000_000, **given: Any) -> Deal:
    usual: dict[str, Any] = {"channel": Channel.INBOUND, "currency": "EUR", "website": ""}
    made = actions.enter(by, now=clock.now(), company=company, expected_minor=minor, **usual | given)
    db.session.commit()
    return made


def sums() -> dict[tuple[Stage, str], tuple[int, int, int]]:
    db.session.rollback()
    return {(each.stage, each.currency): each[2:] for each in board.sums(None)}


def test_the_sums_follow_every_move(sam: User) -> None:
    one, two = entered(sam, "One"), entered(sam, "Two", 500)
    entered(sam, "Three", 700, currency="USD")
    assert sums() == {(Stage.NEW, "EUR"): (2, 1_000_500, 100_050), (Stage.NEW, "USD"): (1, 700, 70)}
    sales.moved(one, "meeting", now=clock.now())
    assert sums()[Stage.MEETING, "EUR"] == (1, 1_000_000, 400_000)
    step: dict[str, Any] = {
        "next_step": "Call",
        "next_step_on": (clock.now() + DAY).date(),
        "expected_minor": 2_000_000,
    }
    actions.set_next_step(sam, one, seen_version=one.version, now=clock.now(), **step, probability=75)
    db.session.commit()
    assert sums()[Stage.MEETING, "EUR"] == (1, 2_000_000, 1_500_000)
    sales.moved(one, "won", now=clock.now(), value_minor=5, won_on=clock.now().date())
    sales.moved(two, "parked", now=clock.now(), parked_until=(clock.now() + 30 * DAY).date())
    assert sums() == {(Stage.PARKED, "EUR"): (1, 500, 25), (Stage.NEW, "USD"): (1, 700, 70)}
    actions.undo(sam, one, seen_version=one.version, now=clock.now())
    db.session.commit()
    assert sums()[Stage.MEETING, "EUR"] == (1, 2_000_000, 1_500_000)
    one.owner_id = make.staff(Role.SALES_OWNER).id
    db.session.commit()
    assert [each.number for each in board.sums(one.owner_id)] == [1]
    assert broken_of_deals() == []
    tampered("UPDATE deal_totals SET expected_minor = expected_minor + 1 WHERE stage = 'parked'")
    assert [each for each in broken_of_deals() if "The board has another sum" in each]


def test_the_board_shows_the_first_of_each_stage_by_next_step(owner: Client, sam: User) -> None:
    for number in range(board.FIRST + 2):
        entered(sam, f"Company {number}")
    page = owner.get("/staff/deals/board").text
    assert page.count('class="deal"') == board.FIRST
    assert "2 more in the list" in page
    assert "€100,000.00" in page
    assert "€10,000.00 weighed" in page


def test_a_card_moves_on_by_its_button_and_one_stays_on_the_board(owner: Client, sam: User) -> None:
    deal = entered(sam, "Nordlys AS")
    page = owner.get("/staff/deals/board").text
    assert f'action="/staff/deals/{deal.ref}/stage"' in page
    moved = owner.post(f"/staff/deals/{deal.ref}/stage", data={"version": 1, "then": "contacted", "back": "board"})
    assert moved.location == "/staff/deals/board"
    there = owner.get("/staff/deals/board?stage=contacted").text
    assert '<section class="here" aria-labelledby="stage-contacted">' in there


def test_a_colleague_sees_the_card_and_cannot_move_it(client: Client, sam: User) -> None:
    deal = entered(sam, "Nordlys AS")
    client.as_(make.staff(Role.SALES_OWNER))
    page = client.get("/staff/deals/board").text
    assert "Nordlys AS" in page
    assert f"/staff/deals/{deal.ref}/stage" not in page
    assert "Nordlys AS" not in client.get(f"/staff/deals/board?owner={_ref(client)}").text
    assert "Nordlys AS" in client.get(f"/staff/deals/board?owner={sam.ref}").text
    assert client.get(f"/staff/deals/{deal.ref}/parking").status_code == 404


def test_a_board_of_a_colleagues_many_deals_takes_no_more_questions(client: Client, sam: User) -> None:
    for number in range(board.FIRST):  # the client counts them
        entered(sam, f"Company {number}")
    assert client.as_(make.staff(Role.SALES_OWNER)).get("/staff/deals/board").text.count('class="deal"') == board.FIRST


def _ref(client: Client) -> str:
    page = client.get("/staff/deals/board").text
    return page.split('<option value="U-')[2].split('"')[0].join(["U-", ""])


def test_parking_in_one_click_and_back(owner: Client, sam: User) -> None:
    deal = entered(sam, "Nordlys AS")
    assert "until" in owner.get(f"/staff/deals/{deal.ref}/parking").text
    typed = {"version": 1, "months": "3", "parked_because": "no_budget_yet", "with_steps": "y"}
    assert owner.post(f"/staff/deals/{deal.ref}/parking", data=typed | {"months": "7"}).status_code == 422
    assert owner.post(f"/staff/deals/{deal.ref}/parking", data=typed).status_code == 303
    page = owner.get("/staff/deals/nurture").text
    assert "The budget comes later" in page
    assert "Send them something useful" in owner.get(f"/staff/deals/{deal.ref}").text
    back = owner.post(f"/staff/deals/{deal.ref}/return", data={"version": 2, "back": "nurture"})
    assert back.location == "/staff/deals/nurture"
    assert sales.again_deal(deal.ref).stage is Stage.NEW
    assert "Nothing is parked" in owner.get("/staff/deals/nurture").text
    assert owner.post(f"/staff/deals/{deal.ref}/return", data={"version": 3}).status_code == 409


PLACES = ("/staff/deals/board", "/staff/", "/staff/referrals/{referral}")


@pytest.mark.parametrize("place", PLACES)
def test_one_click_parks_from_wherever_a_deal_is_met(owner: Client, sam: User, place: str) -> None:
    introduced = sales.qualified(sales.lead(), now=clock.now())
    here = place.format(deal=introduced.ref, referral=sales.referral_of(introduced).ref)
    page = owner.get(here).text
    assert f'formaction="/staff/deals/{introduced.ref}/parking" name="version" value="1"' in page
    form = page[page.index('<form id="park"') : page.index("</form>", page.index('<form id="park"'))]
    typed = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    parked = owner.post(f"/staff/deals/{introduced.ref}/parking", data=typed | {"version": 1})
    assert parked.location == here
    found = sales.again_deal(introduced.ref)
    assert found.parked_until == months_after(clock.now().date(), USUAL_MONTHS)
    again = owner.get(here).text
    assert "is parked until" in again
    assert f'formaction="/staff/deals/{introduced.ref}/parking"' not in again
    assert owner.post(f"/staff/deals/{introduced.ref}/undo", data={"version": 2}).status_code == 303
    assert sales.again_deal(introduced.ref).stage is Stage.NEW


def test_a_deals_own_page_parks_in_one_place_and_one_click(owner: Client, sam: User) -> None:
    deal = entered(sam, "Nordlys AS")
    page = owner.get(f"/staff/deals/{deal.ref}").text
    assert page.count(f'action="/staff/deals/{deal.ref}/parking"') == 1
    assert f'name="months" value="{USUAL_MONTHS}" data-key="p"' in page
    parked = owner.post(
        f"/staff/deals/{deal.ref}/parking", data={"version": 1, "months": USUAL_MONTHS, "with_steps": "y"}
    )
    assert parked.location == f"/staff/deals/{deal.ref}"
    assert sales.again_deal(deal.ref).parked_until == months_after(clock.now().date(), USUAL_MONTHS)


@pytest.mark.parametrize("place", ["https://else.example", "R-23456", "/staff/", "R-234567/x"])
def test_a_move_leads_back_to_places_of_ours_only(place: str) -> None:
    assert parking.back_to(place, "D-222222") == "/staff/deals/D-222222"


def test_a_move_is_undone_by_a_button(owner: Client, sam: User) -> None:
    deal = entered(sam, "Nordlys AS")
    sales.moved(deal, "meeting", now=clock.now())
    assert "Moved by mistake?" in owner.get(f"/staff/deals/{deal.ref}").text
    page = owner.post(f"/staff/deals/{deal.ref}/undo", data={"version": 2}, follow_redirects=True).text
    assert "is at new again" in page
    assert "Moved by mistake?" not in page
    assert owner.post(f"/staff/deals/{deal.ref}/undo", data={"version": 3}).status_code == 409


def test_why_deals_were_lost(owner: Client, sam: User) -> None:
    assert "Nothing was lost" in owner.get("/staff/deals/lost").text
    for number, reason in enumerate((LostReason.PRICE, LostReason.PRICE, LostReason.COMPETITOR)):
        sales.moved(entered(sam, f"Lost {number}"), "lost", now=clock.now(), lost_reason=reason)
    page = owner.get("/staff/deals/lost").text
    assert page.index("Too expensive for them") < page.index("They chose someone else")
    assert "66 %" in page
    listed = owner.get("/staff/deals/?stage=lost&reason=price").text
    assert listed.count('class="open"') == 2
    assert "Lost because" in listed


def test_what_stands_still_is_shown_on_the_card_in_the_list_and_under_today(owner: Client, sam: User) -> None:
    still, moving = entered(sam, "Standing Ltd"), entered(sam, "Moving Ltd")
    tampered("UPDATE deals SET stalls_on = '2026-01-02', next_step_on = '2025-12-30' WHERE company = 'Standing Ltd'")
    assert owner.get("/staff/deals/board").text.count("Stands still") == 1
    listed = owner.get("/staff/deals/?stalled=yes").text
    assert still.ref in listed
    assert moving.ref not in listed
    assert "It stands still since" in owner.get(f"/staff/deals/{still.ref}").text
    assert "stands still" not in owner.get("/staff/").text  # its next step is overdue, and stands there
    tampered("UPDATE deals SET next_step_on = '2126-12-30' WHERE company = 'Standing Ltd'")
    assert "stands still" in owner.get("/staff/").text


def test_the_list_is_narrowed_by_partner_and_pipeline(owner: Client, sam: User) -> None:
    lead = sales.lead()
    brought, own = sales.qualified(lead, now=clock.now()), entered(sam, "Nordlys AS")
    sales.moved(own, "parked", now=clock.now(), parked_until=(clock.now() + 30 * DAY).date())
    partner = owner.get(f"/staff/deals/{brought.ref}").text.split("/staff/deals/?partner=")[1][:8]
    listed = owner.get(f"/staff/deals/?partner={partner}").text
    assert brought.ref in listed
    assert own.ref not in listed
    assert own.ref in owner.get("/staff/deals/?pipeline=nurture").text
    assert brought.ref not in owner.get("/staff/deals/?pipeline=nurture").text


def test_a_probability_goes_from_nothing_to_a_hundred(owner: Client, sam: User) -> None:
    deal = entered(sam, "Nordlys AS")
    typed = {"version": 1, "next_step": "Call", "next_step_on": str((clock.now() + DAY).date()), "expected": "1,000.00"}
    for wrong in ("101", "-1", "x"):
        answer = owner.post(f"/staff/deals/{deal.ref}/next-step", data=typed | {"probability": wrong})
        assert answer.status_code == 422, wrong
    late = owner.post(f"/staff/deals/{deal.ref}/next-step", data=typed | {"expected_close_on": "2001-01-01"})
    assert late.status_code == 422
    page = owner.post(
        f"/staff/deals/{deal.ref}/next-step", data=typed | {"probability": "85"}, follow_redirects=True
    ).text
    assert "85 %, as the owner says" in page
    sales.moved(sales.again_deal(deal.ref), "contacted", now=clock.now())
    assert "20 %, as usual at this stage" in owner.get(f"/staff/deals/{deal.ref}").text
