"""What the customer of a won deal paid and got back: facts that are added and never changed.

What fees accrue from them is decided by whoever reacts to the events."""

from datetime import date, datetime
from typing import Any

from portal.auth.models import User
from portal.deals import queries, sold
from portal.deals.events import CustomerPaid, CustomerPaymentTakenBack, CustomerRefunded
from portal.deals.models import CustomerPayment, Deal
from portal.deals.rules import LABEL, Stage
from portal.errors import Refused
from portal.events import publish
from portal.extensions import db
from portal.formats import money
from portal.refs import new_ref
from portal.sla.queries import today_of


def record(
    by: User, deal: Deal, *, now: datetime, amount_minor: int, paid_on: date, reference: str, is_refund: bool
) -> CustomerPayment:
    """A payment of the customer's, or what went back to them, in the currency of the deal, which is held by the caller.

    Raises Refused for a deal that was not won, a day ahead, or a refund of more than was paid."""
    _check_turn(by, deal)
    if deal.stage is not Stage.WON and not (is_refund and deal.stage is Stage.CANCELLED):
        raise Refused(f"This deal is {LABEL[deal.stage].lower()}: its customer owes nothing that could be recorded.")
    if amount_minor <= 0:
        raise Refused("Say how much it was.", "amount")
    if paid_on > today_of(now):
        raise Refused("The day of a payment cannot lie ahead.", "paid_on")
    paid = sold.paid_by_customer(deal.id)
    if is_refund and amount_minor > paid:
        raise Refused(f"They paid {money(paid, deal.currency)} so far; no more than that can go back.", "amount")
    row = _add(
        by, deal, now, amount_minor=-amount_minor if is_refund else amount_minor, paid_on=paid_on, reference=reference
    )
    kind = CustomerRefunded if is_refund else CustomerPaid
    publish(kind(**_facts(by, deal, row, now), amount_minor=amount_minor, currency=deal.currency, paid_on=paid_on))
    return row


def take_back(by: User, deal: Deal, wrong: CustomerPayment, *, now: datetime) -> CustomerPayment:
    """A row that was wrong no longer counts, by another that says so. The right one is recorded anew.

    Raises Refused for one that was taken back already, or a payment of which too much has gone back."""
    _check_turn(by, deal)
    if wrong.corrects_id is not None or sold.is_taken_back(wrong.id):
        raise Refused("This was taken back already.")
    if sold.paid_by_customer(deal.id) < wrong.amount_minor:
        raise Refused("Some of this payment has gone back to the customer. Take that refund back first.")
    row = _add(
        by,
        deal,
        now,
        amount_minor=-wrong.amount_minor,
        paid_on=wrong.paid_on,
        reference=wrong.reference,
        corrects_id=wrong.id,
    )
    told: dict[str, Any] = {
        "taken_back_id": wrong.id,
        "amount_minor": abs(wrong.amount_minor),
        "currency": deal.currency,
    }
    publish(CustomerPaymentTakenBack(**_facts(by, deal, row, now), **told))
    return row


def _check_turn(by: User, deal: Deal) -> None:
    if not queries.may_record(by, deal):
        raise Refused("Its owner or finance record what the customer paid.")


def _add(by: User, deal: Deal, now: datetime, **given: Any) -> CustomerPayment:
    row = CustomerPayment(
        ref=new_ref("C", CustomerPayment.ref),
        deal_id=deal.id,
        partner_id=deal.partner_id,
        currency=deal.currency,
        by_id=by.id,
        at=now,
        **given,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _facts(by: User, deal: Deal, row: CustomerPayment, now: datetime) -> dict[str, Any]:
    told = {"by": by.id, "at": now, "ref": deal.ref, "partner_id": deal.partner_id}
    return told | {"deal_id": deal.id, "payment_id": row.id}
