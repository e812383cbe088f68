"""What customers paid: added, never changed, never more back than came in."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DatabaseError

from portal.activity.models import EventRow
from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals import actions, payments, sold
from portal.deals.models import CustomerPayment, Deal
from portal.errors import Refused
from portal.extensions import db
from portal.scope import all_partners
from tests.support import make, sales
from tests.support.client import Client
from tests.support.make import NOON
from tests.support.proof import broken_of_deals

DAY = timedelta(days=1)
WON: dict[str, Any] = {"value_minor": 1_100_000, "won_on": NOON.date()}


@pytest.fixture
def sam(app: Flask) -> User:
    sales.program()
    return sales.detached(make.staff(Role.SALES_OWNER, name="Sam Ortega"))


@pytest.fixture
def deal(sam: User) -> Deal:
    return sales.moved(sales.qualified(sales.lead()), "won", **WON)


def pay(by: User, deal: Deal, minor: int, *, is_refund: bool = False, days: int = 0) -> CustomerPayment:
    given: dict[str, Any] = {"paid_on": NOON.date() + days * DAY, "reference": "INV-7", "is_refund": is_refund}
    row = payments.record(by, deal, now=NOON, amount_minor=minor, **given)
    db.session.commit()
    return row


def told(deal: Deal) -> list[str]:
    kinds = sa.select(EventRow.kind).where(EventRow.ref == deal.ref).order_by(EventRow.seq)
    return [kind for kind in db.session.scalars(all_partners(kinds, "a test")) if kind.startswith("Customer")]


def test_a_payment_and_what_went_back_are_facts_of_the_deal(sam: User, deal: Deal) -> None:
    pay(sam, deal, 600_000)
    pay(sam, deal, 500_000)
    pay(sam, deal, 100_000, is_refund=True)
    assert sold.paid_by_customer(deal.id) == 1_000_000
    assert told(deal) == ["CustomerPaid", "CustomerPaid", "CustomerRefunded"]
    assert broken_of_deals() == []


def test_no_more_goes_back_than_came_in(sam: User, deal: Deal) -> None:
    with pytest.raises(Refused, match=r"€0\.00 so far"):
        pay(sam, deal, 1, is_refund=True)
    pay(sam, deal, 500)
    with pytest.raises(Refused, match=r"€5\.00 so far"):
        pay(sam, deal, 501, is_refund=True)


def test_a_wrong_row_is_taken_back_by_another_once(sam: User, deal: Deal) -> None:
    wrong = pay(sam, deal, 600_000)
    back = payments.take_back(sam, deal, wrong, now=NOON)
    db.session.commit()
    assert (back.amount_minor, back.corrects_id, sold.paid_by_customer(deal.id)) == (-600_000, wrong.id, 0)
    for each in (wrong, back):
        with pytest.raises(Refused, match="already"):
            payments.take_back(sam, deal, each, now=NOON)
    assert told(deal) == ["CustomerPaid", "CustomerPaymentTakenBack"]


def test_a_payment_of_which_some_went_back_stays(sam: User, deal: Deal) -> None:
    first = pay(sam, deal, 500)
    refund = pay(sam, deal, 200, is_refund=True)
    with pytest.raises(Refused, match="Take that refund back first"):
        payments.take_back(sam, deal, first, now=NOON)
    payments.take_back(sam, deal, refund, now=NOON)
    payments.take_back(sam, deal, first, now=NOON)
    assert sold.paid_by_customer(deal.id) == 0


def test_only_a_won_deal_is_paid_for_and_a_cancelled_one_gives_back(sam: User, deal: Deal) -> None:
    other = sales.qualified(sales.lead())
    with pytest.raises(Refused, match="is new"):
        pay(sam, other, 500)
    pay(sam, deal, 500)
    with pytest.raises(Refused, match="Take the payment back first"):
        actions.undo(sam, deal, seen_version=deal.version, now=NOON)
    sales.moved(deal, "cancelled", cancel_reason="They withdrew.")
    with pytest.raises(Refused, match="is cancelled"):
        pay(sam, deal, 500)
    pay(sam, deal, 500, is_refund=True)
    assert sold.paid_by_customer(deal.id) == 0


def test_what_is_refused(sam: User, deal: Deal) -> None:
    with pytest.raises(Refused, match="lie ahead"):
        pay(sam, deal, 500, days=1)
    with pytest.raises(Refused, match="how much"):
        pay(sam, deal, 0)
    with pytest.raises(Refused, match="or finance"):
        pay(make.staff(Role.SALES_OWNER), deal, 500)
    pay(make.staff(Role.FINANCE_MAKER), deal, 500)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE customer_payments SET amount_minor = 1",
        "DELETE FROM customer_payments",
        "INSERT INTO customer_payments (ref, deal_id, amount_minor, currency, paid_on, reference, by_id, at)"
        " SELECT 'C-222222', deal_id, -501, currency, paid_on, '', by_id, at FROM customer_payments",
        "INSERT INTO customer_payments (ref, deal_id, amount_minor, currency, paid_on, reference, by_id, at,"
        " corrects_id) SELECT 'C-222222', deal_id, -499, currency, paid_on, '', by_id, at, id FROM customer_payments",
        "UPDATE deals SET next_step_on = NULL WHERE stage = 'new'",
        "UPDATE deals SET next_step = '' WHERE stage = 'new'",
        "UPDATE deals SET probability = 101",
        "UPDATE deals SET probability = -1",
        "UPDATE deals SET stage = 'merged' WHERE stage = 'new'",
        "UPDATE deals SET merged_into_id = id WHERE stage = 'new'",
    ],
)
def test_the_database_refuses_it_too(sam: User, deal: Deal, sql: str) -> None:
    pay(sam, deal, 500)
    sales.qualified(sales.lead())
    with pytest.raises(DatabaseError):
        db.session.connection().exec_driver_sql(sql)


def test_the_owner_and_finance_record_it_on_a_page(client: Client, sam: User, deal: Deal) -> None:
    client.as_(sam)
    path = f"/staff/deals/{deal.ref}"
    assert "What the customer paid</a>: nothing yet" in client.get(path).text
    assert "Nothing paid yet" in client.get(f"{path}/payments").text
    paid = {"amount": "5,000.00", "paid_on": str(NOON.date() - 300 * DAY), "reference": "INV-7"}
    page = client.post(f"{path}/payments", data=paid, follow_redirects=True).text
    assert "€5,000.00 of €11,000.00" in page
    assert "INV-7 · recorded by Sam Ortega" in page
    for wrong in ({"amount": "x"}, {"amount": ""}, {"paid_on": "2999-01-01"}, {"amount": "9,000.00", "is_refund": "y"}):
        assert client.post(f"{path}/payments", data=paid | wrong).status_code == 422, wrong
    ref = db.session.scalars(all_partners(sa.select(CustomerPayment.ref), "a test")).one()
    client.as_(make.staff(Role.FINANCE_MAKER))
    page = client.post(f"/staff/deals/payments/{ref}/correction", follow_redirects=True).text
    assert "does not count any more" in page
    assert client.post(f"/staff/deals/payments/{ref}/correction").status_code == 409
    assert client.post("/staff/deals/payments/C-222222/correction").status_code == 404
    client.as_(make.staff(Role.SALES_OWNER))
    assert "Record a payment" not in client.get(f"{path}/payments").text
    assert client.post(f"{path}/payments", data=paid).status_code == 404
