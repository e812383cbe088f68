"""The company page: where a partner is paid, and its tax form."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.activity.models import EventRow
from portal.auth.models import User
from portal.auth.rules import Role
from portal.errors import Refused
from portal.extensions import db
from portal.partners import actions, queries
from portal.partners.bank import account_of
from portal.partners.models import Partner, PayoutDetails
from portal.partners.rules import CHANGE_HOLD, PayoutDetailsState, TaxFormKind
from portal.scope import all_partners
from portal.vault import CannotUnseal
from tests.support import make
from tests.support.client import Client

IBAN, OTHER_IBAN = "DE89370400440532013000", "GB82WEST12345698765432"
DETAILS = {"holder": "Harbour & Lane Ltd", "account": "DE89 3704 0044 0532 0130 00"}


def told() -> list[str]:
    return list(db.session.scalars(all_partners(sa.select(EventRow.kind).order_by(EventRow.seq), "a test")))


def stored(state: PayoutDetailsState) -> list[PayoutDetails]:
    found = sa.select(PayoutDetails).where(PayoutDetails.state == state)
    return list(db.session.scalars(all_partners(found, "a test")))


def lead_of(partner: Partner) -> User:
    return make.partner_user(Role.PARTNER_FINANCE, partner_id=partner.id, name="Fay")


def block_of(partner: Partner) -> str:
    return queries.company(lead_of(partner)).payout_block


def confirmed(partner: Partner, account: str = IBAN) -> PayoutDetails:
    """Details that are in use since a while."""
    past = clock.now() - timedelta(days=30)
    details = actions.propose_payout_details(lead_of(partner), partner, holder="Holder", account=account, now=past)
    actions.confirm_payout_details(make.staff(Role.FINANCE_APPROVER), details, now=past)
    db.session.commit()
    return details


def test_a_company_without_details_is_asked_for_them(client: Client) -> None:
    make.program()
    page = client.as_(make.partner_user()).get("/company/").text
    assert "Tell us where the company is to be paid." in page
    assert "/company/payout-details" in page


def test_a_member_has_no_company_page(client: Client) -> None:
    client.as_(make.partner_user(Role.PARTNER_MEMBER))
    for path in ("/company/", "/company/payout-details", "/company/tax-form"):
        assert client.get(path).status_code == 403
    assert client.post("/company/payout-details", data=DETAILS).status_code == 403
    assert client.as_(make.staff(Role.PROGRAM_ADMIN)).get("/company/").status_code == 403


def test_first_details_wait_for_a_second_person(client: Client) -> None:
    make.program()
    finance = make.partner_user(Role.PARTNER_FINANCE)
    page = client.as_(finance).post("/company/payout-details", data=DETAILS, follow_redirects=True)
    assert "confirms your new payout details" in page.text
    assert "DE89 •••• 3000" in page.text
    assert "0532" not in page.text
    (details,) = stored(PayoutDetailsState.PROPOSED)
    assert IBAN not in details.account_sealed
    assert account_of(details) == IBAN
    assert told() == ["PayoutDetailsProposed"]
    assert "waits for a second person" in client.get("/company/payout-details").text
    again = client.post("/company/payout-details", data=DETAILS)
    assert (again.status_code, "decided on first" in again.text) == (422, True)


def test_a_sealed_account_opens_in_its_own_row_only(app: Flask) -> None:
    partner = make.partner()
    details = confirmed(partner)
    details.partner_id = make.partner().id
    with pytest.raises(CannotUnseal):
        account_of(details)
    db.session.rollback()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"holder": ""}, "Please name the holder of the account."),
        ({"holder": "h" * 10_000}, "Up to 120 characters"),
        ({"account": ""}, "Please give the IBAN."),
        ({"account": "DE89 3704 0044 0532 0130 01"}, "This is not an IBAN."),
        ({"account": "9" * 10_000}, "up to 34 letters and digits"),
    ],
)
def test_details_that_will_not_do_say_why_and_keep_what_was_typed(
    client: Client, wrong: dict[str, str], sentence: str
) -> None:
    make.program()
    page = client.as_(make.partner_user()).post("/company/payout-details", data=DETAILS | wrong)
    assert page.status_code == 422
    assert sentence in page.text
    assert ("DE89 3704 0044 0532 0130 00" if "holder" in wrong else "Harbour &amp; Lane Ltd") in page.text
    assert told() == []


def test_a_change_says_that_it_waits_and_freezes_payouts(client: Client) -> None:
    make.program()
    partner = make.partner(tax_form_on=make.NOON.date())
    confirmed(partner)
    assert block_of(partner) == ""
    client.as_(lead_of(partner))
    assert "A change waits for 72 hours" in client.get("/company/payout-details").text
    same = client.post("/company/payout-details", data=DETAILS)
    assert (same.status_code, "paid to this account already" in same.text) == (422, True)
    page = client.post("/company/payout-details", data=DETAILS | {"account": OTHER_IBAN}, follow_redirects=True)
    assert "DE89 •••• 3000" in page.text
    assert "GB82 •••• 5432" in page.text
    assert "second person" in block_of(partner)


def test_a_change_is_confirmed_by_someone_else_after_72_hours(app: Flask) -> None:
    partner, approver, now = make.partner(), make.staff(Role.FINANCE_APPROVER), clock.now()
    before = confirmed(partner)
    proposer = lead_of(partner)
    change = actions.propose_payout_details(proposer, partner, holder="H", account=OTHER_IBAN, now=now)
    for by, at in (
        (approver, now),
        (approver, now + CHANGE_HOLD - timedelta(seconds=1)),
        (proposer, now + CHANGE_HOLD),
    ):
        with pytest.raises(Refused):
            actions.confirm_payout_details(by, change, now=at)
    actions.confirm_payout_details(approver, change, now=now + CHANGE_HOLD)
    db.session.commit()
    assert (before.state, change.state) == (PayoutDetailsState.REPLACED, PayoutDetailsState.CONFIRMED)
    in_use = queries.details_in_use(partner.id)
    assert in_use is not None
    assert account_of(in_use) == OTHER_IBAN


def test_a_refused_change_leaves_what_is_in_use(app: Flask) -> None:
    partner = make.partner(tax_form_on=make.NOON.date())
    before = confirmed(partner)
    change = actions.propose_payout_details(lead_of(partner), partner, holder="H", account=OTHER_IBAN, now=clock.now())
    actions.refuse_payout_details(make.staff(Role.FINANCE_APPROVER), change, now=clock.now())
    db.session.commit()
    assert queries.details_in_use(partner.id) == before
    assert block_of(partner) == ""
    with pytest.raises(Refused):
        actions.confirm_payout_details(make.staff(), change, now=clock.now() + CHANGE_HOLD)


def test_the_tax_form_is_stated_with_its_day(client: Client) -> None:
    make.program()
    partner = make.partner()
    confirmed(partner)
    client.as_(lead_of(partner))
    assert "Tell us which tax form holds" in client.get("/company/").text
    page = client.post("/company/tax-form", data={"kind": "w-8ben-e"}, follow_redirects=True)
    assert "W-8BEN-E" in page.text
    assert "All is on file" in page.text
    assert told()[-1] == "TaxFormFiled"


@pytest.mark.parametrize("kind", ["", "w-10", "x" * 10_000])
def test_a_tax_form_that_nobody_knows_is_not_filed(client: Client, kind: str) -> None:
    make.program()
    page = client.as_(make.partner_user()).post("/company/tax-form", data={"kind": kind})
    assert page.status_code == 422
    assert told() == []


def test_what_keeps_a_partner_from_being_paid_is_read_from_what_is_on_file(app: Flask) -> None:
    partner = make.partner()
    assert "payout details" in block_of(partner)
    confirmed(partner)
    assert "tax form" in block_of(partner)
    actions.file_tax_form(lead_of(partner), partner, TaxFormKind.VAT_ID, today=make.NOON.date(), now=clock.now())
    assert block_of(partner) == ""


def test_a_form_from_elsewhere_changes_nothing(client: Client) -> None:
    client.as_(make.partner_user())
    for path, data in (("payout-details", DETAILS), ("tax-form", {"kind": "w-9"})):
        assert client.post(f"/company/{path}", data=data, bare=True).status_code == 400
    assert told() == []
