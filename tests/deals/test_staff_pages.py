"""The staff pages about deals: the list, the page on which the owner moves one, and entering one."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.auth.models import User
from portal.auth.rules import STAFF_ROLES, Role
from portal.deals.models import Deal
from portal.deals.rules import LostReason, Stage
from portal.idempotency import FIELD, new_key
from tests.support import make, sales
from tests.support.client import Client


@pytest.fixture
def sam(app: Flask) -> User:
    sales.program()
    return make.staff(Role.SALES_OWNER, name="Sam Ortega")


@pytest.fixture
def deal(sam: User) -> Deal:
    return sales.qualified(sales.lead(), now=clock.now())


@pytest.fixture
def owner(client: Client, sam: User) -> Client:
    return client.as_(sam)


def _day(days: int) -> str:
    return str((clock.now() + timedelta(days=days)).date())


def test_the_page_says_what_comes_next_and_whom_to_call(owner: Client, deal: Deal) -> None:
    page = owner.get(f"/staff/deals/{deal.ref}").text
    for words in (
        "Sam Ortega: First contact, by",
        "We promised the partner a first contact by then.",
        "Ruth Calder, Operations Director",
        "Sam Ortega, fewest open deals",
    ):
        assert words in page, words


def test_the_owner_moves_a_deal_to_won(owner: Client, deal: Deal) -> None:
    path = f"/staff/deals/{deal.ref}"
    for version, stage in enumerate(("contacted", "meeting", "proposal"), 1):
        moved = owner.post(f"{path}/stage", data={"version": version, "then": stage}, follow_redirects=True)
        assert f": {stage}." in moved.text
    won = {"version": "4", "value": "11,000.00", "won_on": _day(0)}
    page = owner.post(f"{path}/win", data=won, follow_redirects=True).text
    assert "Won for €11,000.00" in page
    assert "€1,100.00" not in page  # what the partner earns is for those who see fees
    found = sales.again_deal(deal.ref)
    assert (found.stage, found.value_minor) == (Stage.WON, 1_100_000)


@pytest.mark.parametrize(
    ("noun", "typed", "said"),
    [
        ("win", {"value": "", "won_on": "2026-01-01"}, "A won deal has a value"),
        ("win", {"value": "lots", "won_on": "2026-01-01"}, "is not an amount in EUR"),
        ("win", {"value": "-5", "won_on": "2026-01-01"}, "cannot be negative"),
        ("win", {"value": "0", "won_on": "2026-01-01"}, "A won deal has a value"),
        ("win", {"value": "100", "won_on": _day(2)}, "cannot lie ahead"),
        ("win", {"value": "100", "won_on": "0026-01-01"}, "Look at the year once more"),
        ("win", {"value": "100", "won_on": "yesterday"}, "Please choose a day."),
        ("win", {"value": "1" * 10_000, "won_on": "2026-01-01"}, "Up to 40 characters"),
        ("loss", {"lost_reason": "bad luck"}, "choose one of these"),
        ("loss", {}, "Say why it was lost."),
        ("parking", {"parked_until": _day(-2)}, "has to lie ahead"),
        ("parking", {"parked_until": ""}, "Please give a day."),
        ("stage", {"then": "won"}, "choose one of these"),
        ("stage", {}, "choose one of these"),
        ("next-step", {"next_step": "x" * 201, "next_step_on": _day(2)}, "Up to 200 characters"),
        ("next-step", {"next_step": "Call", "next_step_on": _day(-2)}, "cannot lie behind"),
        ("next-step", {"next_step": "Call", "next_step_on": _day(2), "expected": "1,2,3"}, "is not an amount"),
    ],
)
def test_bad_input_is_answered_in_words(owner: Client, deal: Deal, noun: str, typed: dict[str, Any], said: str) -> None:
    page = owner.post(f"/staff/deals/{deal.ref}/{noun}", data={"version": "1", **typed})
    assert page.status_code == 422
    assert said in page.text
    assert sales.again_deal(deal.ref).version == 1


def test_enter_in_the_day_of_a_parking_chooses_that_day(owner: Client, deal: Deal) -> None:
    page = owner.get(f"/staff/deals/{deal.ref}/parking").text
    first = re.findall("<button[^>]*>", page[page.index(f'action="/staff/deals/{deal.ref}/parking"') :])[0]
    assert "name=" not in first


def test_parking_losing_and_reopening(owner: Client, deal: Deal) -> None:
    path = f"/staff/deals/{deal.ref}"
    page = owner.post(f"{path}/parking", data={"version": "1", "parked_until": _day(60)}, follow_redirects=True).text
    assert "it comes back by itself, and Sam Ortega gets in touch again." in page
    page = owner.post(f"{path}/loss", data={"version": "2", "lost_reason": "price"}, follow_redirects=True).text
    assert "Lost: too expensive for them." in page
    assert owner.post(f"{path}/stage", data={"version": "3", "then": "contacted"}).status_code == 303


def test_a_won_deal_is_cancelled(owner: Client, deal: Deal) -> None:
    path = f"/staff/deals/{deal.ref}"
    owner.post(f"{path}/win", data={"version": "1", "value": "100", "won_on": _day(0)})
    assert owner.post(f"{path}/cancellation", data={"version": "2"}).status_code == 422
    reason = {"version": "2", "cancel_reason": "They withdrew in time."}
    assert "They withdrew in time." in owner.post(f"{path}/cancellation", data=reason, follow_redirects=True).text


def test_the_owner_sets_the_next_step(owner: Client, deal: Deal) -> None:
    step = {"version": "1", "next_step": "Call Ruth", "next_step_on": _day(1), "expected": "11 000"}
    page = owner.post(f"/staff/deals/{deal.ref}/next-step", data=step, follow_redirects=True).text
    assert 'value="Call Ruth"' in page
    assert "€11,000.00" in page
    assert 'value="11000.00"' in page


def test_the_second_of_two_moves_gets_a_409(owner: Client, deal: Deal) -> None:
    path = f"/staff/deals/{deal.ref}/stage"
    assert owner.post(path, data={"version": "1", "then": "contacted"}).status_code == 303
    assert owner.post(path, data={"version": "1", "then": "meeting"}).status_code == 409
    assert sales.again_deal(deal.ref).stage is Stage.CONTACTED


def test_a_double_click_wins_once(owner: Client, deal: Deal) -> None:
    won = {"version": "1", "value": "100", "won_on": _day(0), FIELD: new_key()}
    codes = [owner.post(f"/staff/deals/{deal.ref}/win", data=won).status_code for _ in range(2)]
    assert codes == [303, 303]
    assert sales.again_deal(deal.ref).version == 2


def test_a_colleague_reads_and_does_not_move(client: Client, deal: Deal) -> None:
    client.as_(make.staff(Role.SALES_OWNER, name="Tess"))
    page = client.get(f"/staff/deals/{deal.ref}").text
    assert "It is won" not in page
    assert client.post(f"/staff/deals/{deal.ref}/stage", data={"version": "1", "then": "contacted"}).status_code == 404


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_all_staff_read_and_sales_owners_enter(client: Client, deal: Deal, role: Role) -> None:
    client.as_(make.staff(role))
    assert client.get("/staff/deals/").status_code == 200
    assert client.get(f"/staff/deals/{deal.ref}").status_code == 200
    sells = role is Role.SALES_OWNER
    assert (client.get("/staff/deals/new").status_code == 200) == sells
    moved = client.post(f"/staff/deals/{deal.ref}/stage", data={"version": "1", "then": "contacted"})
    assert moved.status_code == (404 if sells else 403)


def test_partners_see_no_staff_page(client: Client, deal: Deal) -> None:
    client.as_(sales.lead())
    assert client.get("/staff/deals/").status_code == 403
    assert client.get(f"/staff/deals/{deal.ref}").status_code == 403


def test_the_list_is_filtered(owner: Client, sam: User, deal: Deal) -> None:
    page = owner.get("/staff/deals/").text
    assert 'aria-label="New, step 1 of 5"' in page
    for query, found in (
        (f"owner={sam.ref}&stage=new&channel=referral", True),
        ("stage=won", False),
        ("channel=paid", False),
        ("stage=x&owner=U-222222&channel=x&at=x", True),
    ):
        listed = owner.get(f"/staff/deals/?{query}").text
        assert (deal.ref in listed) == found, query
        assert ("None of them" in listed) != found, query


def test_an_empty_list_says_where_deals_come_from(client: Client, sam: User) -> None:
    assert "A referral that is qualified becomes one" in client.as_(sam).get("/staff/deals/").text


def test_a_deal_of_another_channel_is_entered(owner: Client) -> None:
    typed = {"company": "Nordlys AS", "website": "nordlys.example", "channel": "event", "expected": "4.000,00"}
    page = owner.post("/staff/deals/new", data=typed, follow_redirects=True).text
    assert "Nordlys AS is yours." in page
    assert "€4,000.00" in page
    for wrong in ({"channel": "referral"}, {"company": " "}, {"website": "gmail.com"}, {"expected": "x"}):
        answer = owner.post("/staff/deals/new", data=typed | wrong)
        assert answer.status_code == 422, wrong
    assert owner.get("/staff/deals/?channel=event").text.count('class="open"') == 1


@pytest.mark.parametrize("here", ["a customer", "an open deal", "a live claim", "nobody's any more"])
def test_what_is_here_already_is_shown_before_a_deal_is_entered(owner: Client, here: str) -> None:
    lead, now, given = sales.lead(), clock.now(), {"company": "Nordlys AS", "website": "nordlys.example"}
    if here == "a live claim":
        introduced = sales.referral(lead, now, **given)
    else:
        deal = sales.qualified(lead, now, **given)
        introduced = sales.referral_of(deal)
        if here == "a customer":
            sales.moved(deal, "won", now=now, value_minor=1, won_on=now.date())
        elif here == "nobody's any more":
            sales.moved(deal, "lost", now=now, lost_reason=LostReason.PRICE)
    typed = {"company": "Nordlys", "website": "https://www.nordlys.example", "channel": "event"}
    first = owner.post("/staff/deals/new", data=typed)
    if here == "nobody's any more":
        assert first.status_code == 303
        return
    assert first.status_code == 422
    assert f'href="/staff/referrals/{introduced.ref}">Nordlys AS' in first.text
    seen = first.text.split('name="seen"')[1].split('value="')[1].split('"')[0]
    assert "same sale?" in owner.post("/staff/deals/new", data=typed | {"seen": "R-222222"}).text
    assert owner.post("/staff/deals/new", data=typed | {"seen": seen}).status_code == 303
