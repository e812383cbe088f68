"""Who is told of what was earned, and of what is paid, and where to."""

from functools import partial
from typing import Any

from portal.auth.rules import Role
from portal.events import reacts_to
from portal.fees.events import FeeBooked, FeeNotDue
from portal.formats import money
from portal.notifications import queries
from portal.notifications.actions import tell
from portal.notifications.messages import money as words
from portal.notifications.readers import LEADS, PAID, Reader, companies, company, partner_of, staff
from portal.partners.events import PayoutDetailsConfirmed, PayoutDetailsProposed, PayoutDetailsRefused
from portal.payouts.events import PayoutRunBuilt, PayoutRunPaid, StatementIssued
from portal.payouts.standing import standing


@reacts_to(FeeBooked)
def fee_booked(event: FeeBooked) -> None:
    """A won deal and its fee are one message; what keeps the fee from being paid is said to those who can mend it."""
    line = queries.fee_line(event.ref)
    amount = money(line.amount_minor, line.currency)
    missing = standing([partner_of(event)])[partner_of(event)].missing
    won = partial(words.won, company=line.company, amount=amount, ref=line.ref)
    tell(
        event,
        company(event, PAID, also=[line.by_id]),
        lambda reader: won(missing=missing if reader.roles & set(PAID) else ""),
    )
    to_approve = words.to_approve(company=line.company, partner=line.partner, amount=amount, ref=line.ref)
    tell(event, staff(Role.FINANCE_MAKER, event.at), lambda _: to_approve)


@reacts_to(FeeNotDue)
def no_fee(event: FeeNotDue) -> None:
    deal = queries.deal(event.deal_id, event.partner_id)
    won = words.won_without_fee(company=deal.company, because=event.because, ref=deal.referral_ref)
    tell(event, company(event, LEADS, also=[deal.by_id]), lambda _: won)


@reacts_to(StatementIssued)
def statement_issued(event: StatementIssued) -> None:
    statement = partial(
        words.statement,
        company=queries.partner(partner_of(event)).name,
        amount=money(event.total_minor, event.currency),
        fees=event.line_count,
        ref=event.ref,
    )
    tell(event, company(event, PAID), lambda reader: statement(pay_on=reader.day(event.pay_on)))


@reacts_to(PayoutRunBuilt)
def run_built(event: PayoutRunBuilt) -> None:
    amount, by = money(event.total_minor, event.currency), queries.name_of(event.by)
    to_release = words.to_release(amount=amount, fees=event.line_count, by=by, ref=event.ref)
    tell(event, staff(Role.FINANCE_APPROVER, event.at), lambda _: to_release)


@reacts_to(PayoutRunPaid)
def run_paid(event: PayoutRunPaid) -> None:
    """One message for each partner in the run, however many of its fees were paid."""
    paid = queries.paid_by_run(event.ref)
    readers = companies({each.partner_id for each in paid}, PAID, event.at)
    for each in paid:
        _tell_paid(event, each, [reader for reader in readers if reader.partner_id == each.partner_id])


@reacts_to(PayoutDetailsProposed)
def details_proposed(event: PayoutDetailsProposed) -> None:
    """A change of the account is how money is stolen: everyone who knew of the old one hears of the new one, whoever
    entered it."""
    found, by = queries.partner(partner_of(event)), queries.name_of(event.by)
    known = queries.known_for_payout_details(partner_of(event))
    told = words.details_proposed(company=found.name, by=by)
    tell(event, company(event, PAID, also=known), lambda _: told, receipt=True)
    to_confirm = words.details_to_confirm(company=found.name, by=by, partner_ref=found.ref)
    tell(event, staff(Role.FINANCE_APPROVER, event.at), lambda _: to_confirm)


@reacts_to(PayoutDetailsConfirmed)
def details_confirmed(event: PayoutDetailsConfirmed) -> None:
    told = words.details_confirmed(company=queries.partner(partner_of(event)).name)
    tell(event, company(event, PAID), lambda _: told)


@reacts_to(PayoutDetailsRefused)
def details_refused(event: PayoutDetailsRefused) -> None:
    told = words.details_refused(company=queries.partner(partner_of(event)).name)
    tell(event, company(event, PAID), lambda _: told)


def _tell_paid(event: PayoutRunPaid, paid: Any, readers: list[Reader]) -> None:
    amount = money(int(paid.minor), paid.currency)
    told = words.paid(company=paid.company, amount=amount, fees=paid.fees, account=paid.account_masked, ref=event.ref)
    tell(event, readers, lambda _: told)
