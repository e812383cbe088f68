from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from portal.activity.models import EventRow
from portal.agreements.models import Agreement
from portal.agreements.terms import Terms
from portal.deals.models import Deal, DealShare
from portal.fees import events
from portal.fees.engine import Inputs, compute
from portal.fees.models import FeeLine, FeeYear
from portal.fees.rules import LineState
from portal.ledger.models import Account, Transfer
from portal.ledger.rules import AccountKind
from portal.partners.models import Partner
from portal.proof import check, rows

TOLD_BY = {
    LineState.ACCRUED: events.FeeBooked,
    LineState.APPROVED: events.FeeApproved,
    LineState.PAYABLE: events.FeePayable,
    LineState.SCHEDULED: events.FeeScheduled,
    LineState.PAID: events.FeePaid,
    LineState.VOID: events.FeeVoided,
}
# What a line's state says about the ledger: the transfer, the states that have it, its debit and its credit.
_MOVED = (
    ("accrue", frozenset(LineState) - {LineState.ESTIMATED}, AccountKind.FEES, AccountKind.PAYABLE),
    ("pay", frozenset({LineState.PAID}), AccountKind.PAYABLE, AccountKind.CASH),
    ("void", frozenset({LineState.VOID}), AccountKind.PAYABLE, AccountKind.FEES),
)


@check("Each fee line has the transfers that its state says, of its amount, and no other")
def transfers(connection: sa.Connection) -> Iterator[str]:
    for cause, states, debit, credit in _MOVED:
        has = FeeLine.state.in_(states)
        key = sa.literal(f"{cause}:") + FeeLine.ref
        lines = sa.select(FeeLine.ref, FeeLine.state, Transfer.id).join(Transfer, Transfer.key == key, isouter=True)
        for row in rows(connection, lines.where(has != Transfer.id.is_not(None))):
            yield f"Fee {row.ref} is {row.state} and has {'a' if row.id else 'no'} transfer {cause}:{row.ref}."
        for row in rows(connection, _wrong(key, debit, credit)):
            yield f"The transfer {row.key} does not move what fee {row.ref} says, from {debit} to {credit}."


@check("Each fee line is of the partner who brought the deal, or who has a share of it")
def partners(connection: sa.Connection) -> Iterator[str]:
    brought = sa.exists().where(Deal.id == FeeLine.deal_id, Deal.partner_id == FeeLine.partner_id)
    shares = sa.exists().where(DealShare.deal_id == FeeLine.deal_id, DealShare.partner_id == FeeLine.partner_id)
    for (ref,) in rows(connection, sa.select(FeeLine.ref).where(~brought & ~shares)):
        yield f"Fee {ref} is of a partner who neither brought the deal nor has a share of it."


@check("Each transfer of the ledger belongs to a fee line")
def lines_of_transfers(connection: sa.Connection) -> Iterator[str]:
    alone = sa.select(Transfer.key).join(FeeLine, FeeLine.ref == Transfer.ref, isouter=True)
    for (key,) in rows(connection, alone.where(FeeLine.id.is_(None))):
        yield f"The transfer {key} belongs to no fee."


@check("A partner's year is the sum of its fee lines")
def years(connection: sa.Connection) -> Iterator[str]:
    for what, kept in (("earned", FeeYear.earned_minor), ("paid", FeeYear.paid_minor)):
        summed = _summed(what)
        same = sa.and_(
            summed.c.partner_id == FeeYear.partner_id,
            summed.c.year == FeeYear.year,
            summed.c.currency == FeeYear.currency,
        )
        minor, found = sa.func.coalesce(kept, 0).label("minor"), sa.func.coalesce(summed.c.minor, 0).label("found")
        year = sa.func.coalesce(FeeYear.year, summed.c.year).label("year")
        compared = (
            sa.select(Partner.ref, year, minor, found)
            .select_from(FeeYear)
            .join(summed, same, full=True)
            .join(Partner, Partner.id == sa.func.coalesce(FeeYear.partner_id, summed.c.partner_id))
            .where(minor != found)
        )
        for row in rows(connection, compared):
            yield f"{row.ref} has {what} {row.minor} minor units in {row.year}, but its fees add up to {row.found}."


@check("The amount of each fee is what its plan gives for its inputs, computed again")
def amounts(connection: sa.Connection) -> Iterator[str]:
    plans = {}
    lines = sa.select(
        FeeLine.ref, FeeLine.cause, FeeLine.amount_minor, FeeLine.currency, FeeLine.inputs, FeeLine.agreement_id
    )
    for row in rows(connection, lines.where(FeeLine.corrects_id.is_(None))):
        if row.agreement_id not in plans:
            frozen = sa.select(Agreement.terms).where(Agreement.id == row.agreement_id)
            plans[row.agreement_id] = Terms.from_data(connection.execute(frozen).scalar_one()).plan
        result = compute(plans[row.agreement_id], Inputs.from_data(row.inputs))
        again = [line.amount for line in result.lines if line.cause == row.cause]
        if [(amount.minor, amount.currency) for amount in again] != [(row.amount_minor, row.currency)]:
            yield f"Fee {row.ref} is {row.amount_minor} minor units, but its plan gives another amount."


@check("Each state of a fee line was told as an event")
def told(connection: sa.Connection) -> Iterator[str]:
    for state, kind in TOLD_BY.items():
        heard = sa.exists().where(EventRow.ref == FeeLine.ref, EventRow.kind == kind.__name__)
        for (ref,) in rows(connection, sa.select(FeeLine.ref).where(FeeLine.state == state, ~heard)):
            yield f"Fee {ref} is {state}, but no event tells of it."


def _wrong(key: Any, debit: AccountKind, credit: AccountKind) -> sa.Select[Any]:
    """Transfers for a line that move another amount, or between other accounts."""
    debited, credited = sa.orm.aliased(Account), sa.orm.aliased(Account)
    columns: tuple[Any, ...] = (Transfer.key, FeeLine.ref)
    return (
        sa.select(*columns)
        .join(FeeLine, Transfer.key == key)
        .join(debited, debited.id == Transfer.debit_account_id)
        .join(credited, credited.id == Transfer.credit_account_id)
        .where(
            sa.or_(
                Transfer.amount_minor != FeeLine.amount_minor,
                Transfer.currency != FeeLine.currency,
                Transfer.partner_id != FeeLine.partner_id,
                debited.kind != debit,
                credited.kind != credit,
            )
        )
    )


def _summed(what: str) -> sa.Subquery:
    at = FeeLine.booked_at if what == "earned" else FeeLine.paid_at
    year = sa.cast(sa.extract("year", at), sa.BigInteger).label("year")
    counts = FeeLine.state != LineState.VOID if what == "earned" else FeeLine.state == LineState.PAID
    total = sa.func.sum(FeeLine.amount_minor).label("minor")
    summed = sa.select(FeeLine.partner_id, year, FeeLine.currency, total).where(counts)
    return summed.group_by(FeeLine.partner_id, year, FeeLine.currency).subquery()
