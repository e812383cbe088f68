from typing import Any

import pytest
from flask import Flask

from portal.auth.models import User
from portal.auth.rules import Role
from portal.fees.rules import LineState
from tests.support import fees, make, sales
from tests.support.client import Client


@pytest.fixture
def lead(app: Flask) -> User:
    fees.program()
    return fees.lead()


@pytest.fixture
def finn(app: Flask) -> User:
    return fees.maker(name="Finn Aalto")


def test_earnings_begin_with_what_would_earn_something(client: Client, lead: User) -> None:
    page = client.as_(lead).get("/earnings/")
    assert "Nothing earned yet" in page.text
    assert 'href="/referrals/new"' in page.text


def test_earnings_show_figures_lines_and_statements(client: Client, lead: User, finn: User) -> None:
    payable, booked = fees.payable(lead, finn), fees.booked(lead, 100_000)
    page = client.as_(lead).get("/earnings/").text
    for shown in (payable.ref, booked.ref, "€2,700.00", "15 Dec", "€100.00 more is booked", "PDF on its way"):
        assert shown in page


def test_earnings_say_what_keeps_them_from_being_paid(client: Client, lead: User) -> None:
    fees.booked(lead)
    page = client.as_(lead).get("/earnings/").text
    assert "Payouts wait for the payout details." in page
    assert 'href="/company/"' in page


def test_why_this_amount(client: Client, lead: User, finn: User) -> None:
    line = fees.payable(lead, finn)
    page = client.as_(lead).get(f"/earnings/{line.ref}").text
    for shown in ("Why €2,600.00", "First deal, signed value", "€26,000.00", "10 %", "Finn Aalto", "/statements/S-"):
        assert shown in page
    assert 'href="/agreements/A-' in page
    assert "#clause-4-1" in page


def test_a_member_sees_own_fees_and_no_link_to_what_is_closed_to_them(client: Client, lead: User) -> None:
    member = sales.detached(make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id))
    own, colleagues = fees.booked(member), fees.booked(lead)
    page = client.as_(member).get(f"/earnings/{own.ref}").text
    assert "Rate" in page
    assert "/agreements/" not in page
    assert client.get(f"/earnings/{colleagues.ref}").status_code == 404
    assert colleagues.ref not in client.get("/earnings/").text


def test_another_partners_fee_is_not_found(client: Client, lead: User, finn: User) -> None:
    line = fees.payable(lead, finn)
    client.as_(fees.lead())
    assert client.get(f"/earnings/{line.ref}").data == client.get("/earnings/F-999999").data
    assert client.get(f"/earnings/{line.ref}").status_code == 404


def test_the_queue_shows_what_waits_first(client: Client, lead: User, finn: User) -> None:
    waits, done = fees.booked(lead), fees.approved(lead, finn, 100_000)
    page = client.as_(finn).get("/staff/fees/").text
    assert waits.ref in page
    assert done.ref not in page
    assert "Payouts wait for the payout details." in page
    assert "Issue the statement" not in page
    for tab in ("approved", "payable", "scheduled", "paid", "all"):
        shown = client.get(f"/staff/fees/?state={tab}").text
        assert (done.ref in shown) == (tab in ("approved", "all"))
    assert client.get("/staff/fees/?state=lost").status_code == 404


def test_one_is_approved_from_its_page(client: Client, lead: User, finn: User) -> None:
    line = fees.booked(lead)
    url = f"/staff/fees/{line.ref}"
    client.as_(finn)
    assert f'action="{url}/approval"' in client.get(url).text
    done = client.post(f"{url}/approval", data={"version": line.version}, follow_redirects=True)
    assert "Approved. It goes on the next statement." in done.text
    assert "Finn Aalto" in done.text
    assert fees.line(line.ref).state is LineState.APPROVED


def test_the_chosen_ones_are_approved_together(client: Client, lead: User, finn: User) -> None:
    first, second, third = (fees.booked(lead).ref for _ in range(3))
    client.as_(finn)
    done = client.post("/staff/fees/approvals", data={"fee": [f"{first}:1", f"{second}:1"]}, follow_redirects=True)
    assert "2 fees are approved." in done.text
    assert fees.line(third).state is LineState.ACCRUED
    client.post("/staff/fees/approvals", data={"one": f"{third}:1", "fee": [f"{first}:1"]})
    assert fees.line(third).state is LineState.APPROVED


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Choose at least one"),
        ({"fee": "F-NOWHERE:1"}, "Choose at least one"),
        ({"fee": "{ref}"}, "Look again, then decide"),
        ({"fee": "{ref}:7"}, "Look again, then decide"),
        ({"fee": "{ref}:"}, "Look again, then decide"),
    ],
)
def test_what_does_not_fit_is_refused(
    client: Client, lead: User, finn: User, data: dict[str, Any], sentence: str
) -> None:
    ref = fees.booked(lead).ref
    answer = client.as_(finn).post(
        "/staff/fees/approvals", data={name: value.format(ref=ref) for name, value in data.items()}
    )
    assert answer.status_code == 409
    assert sentence in answer.text
    assert fees.line(ref).state is LineState.ACCRUED


def test_a_stale_page_approves_nothing(client: Client, lead: User, finn: User) -> None:
    line = fees.booked(lead)
    for version in ({}, {"version": 7}, {"version": "x"}):
        assert client.as_(finn).post(f"/staff/fees/{line.ref}/approval", data=version).status_code == 409
    assert fees.line(line.ref).state is LineState.ACCRUED


def test_who_may_not_approve_sees_who_does(client: Client, lead: User) -> None:
    line = fees.booked(lead)
    olga = fees.approver()
    page = client.as_(olga).get(f"/staff/fees/{line.ref}").text
    assert "It waits for the approval of a finance maker." in page
    assert "/approval" not in page
    assert client.post(f"/staff/fees/{line.ref}/approval", data={"version": 1}).status_code == 403


def test_a_taken_back_fee_says_so(client: Client, lead: User) -> None:
    deal = fees.won_deal(lead)
    (line,) = fees.lines_of(deal)
    sales.moved(deal, "cancelled", now=fees.WON, cancel_reason="They could not pay.")
    page = client.as_(lead).get(f"/earnings/{line.ref}").text
    assert "taken back, because the deal was cancelled" in page
