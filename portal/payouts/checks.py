from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from portal.activity.models import EventRow
from portal.documents.models import Document
from portal.documents.rules import DocumentKind
from portal.fees.models import FeeLine
from portal.fees.rules import LineState
from portal.payouts import events
from portal.payouts.models import PayoutLine, PayoutRun, Statement
from portal.payouts.rules import RunState
from portal.proof import check, rows

TOLD_BY = {
    RunState.DRAFT: events.PayoutRunBuilt,
    RunState.RELEASED: events.PayoutRunReleased,
    RunState.PAID: events.PayoutRunPaid,
    RunState.CANCELLED: events.PayoutRunCancelled,
}
# What the state of a run says about the fees that it holds.
_FEES_OF = {
    RunState.DRAFT: LineState.SCHEDULED,
    RunState.RELEASED: LineState.SCHEDULED,
    RunState.PAID: LineState.PAID,
}


@check("The total of a statement is the sum of its lines, in its currency")
def statements(connection: sa.Connection) -> Iterator[str]:
    same = sa.and_(FeeLine.statement_id == Statement.id, FeeLine.currency == Statement.currency)
    for ref, kept, found in rows(connection, _compared(Statement, FeeLine, same)):
        yield f"Statement {ref} says {kept} minor units, but its fees add up to {found}."


@check("The total of a payout run is the sum of its lines, in its currency")
def runs(connection: sa.Connection) -> Iterator[str]:
    same = sa.and_(PayoutLine.run_id == PayoutRun.id, PayoutLine.currency == PayoutRun.currency)
    for ref, kept, found in rows(connection, _compared(PayoutRun, PayoutLine, same)):
        yield f"Payout run {ref} says {kept} minor units, but its lines add up to {found}."


@check("A line of a payout run is of the amount of its fee")
def amounts(connection: sa.Connection) -> Iterator[str]:
    differs = sa.or_(PayoutLine.amount_minor != FeeLine.amount_minor, PayoutLine.currency != FeeLine.currency)
    pinned = sa.select(FeeLine.ref, PayoutRun.ref).select_from(PayoutLine)
    pinned = pinned.join(FeeLine, FeeLine.id == PayoutLine.fee_line_id)
    pinned = pinned.join(PayoutRun, PayoutRun.id == PayoutLine.run_id)
    for fee, run in rows(connection, pinned.where(differs)):
        yield f"Fee {fee} stands in payout run {run} with another amount."


@check("Nobody released a run that pays a fee which they approved")
def segregation(connection: sa.Connection) -> Iterator[str]:
    pinned = sa.select(FeeLine.ref, PayoutRun.ref).select_from(PayoutLine)
    pinned = pinned.join(FeeLine, FeeLine.id == PayoutLine.fee_line_id)
    pinned = pinned.join(PayoutRun, PayoutRun.id == PayoutLine.run_id)
    for fee, run in rows(connection, pinned.where(PayoutRun.released_by_id == FeeLine.approved_by_id)):
        yield f"Payout run {run} was released by the person who approved fee {fee} in it."


@check("A fee is scheduled or paid exactly while one run holds it")
def held(connection: sa.Connection) -> Iterator[str]:
    live = sa.and_(PayoutLine.fee_line_id == FeeLine.id, PayoutLine.is_live)
    right = sa.or_(
        *(sa.and_(PayoutRun.state == run, FeeLine.state == line) for run, line in _FEES_OF.items()),
        sa.and_(PayoutRun.id.is_(None), FeeLine.state.not_in({LineState.SCHEDULED, LineState.PAID})),
    )
    every = sa.select(FeeLine.ref, FeeLine.state, PayoutRun.ref.label("run")).join(PayoutLine, live, isouter=True)
    every = every.join(PayoutRun, PayoutRun.id == PayoutLine.run_id, isouter=True)
    for row in rows(connection, every.where(sa.case((right, 0), else_=1) == 1)):
        yield f"Fee {row.ref} is {row.state}, which does not fit {f'payout run {row.run}' if row.run else 'no run'}."


@check("Whoever built a run, or approved a fee in it, did not pay it")
def four_eyes(connection: sa.Connection) -> Iterator[str]:
    both = sa.or_(PayoutRun.built_by_id == PayoutRun.paid_by_id, PayoutRun.built_by_id == PayoutRun.released_by_id)
    for (ref,) in rows(connection, sa.select(PayoutRun.ref).where(both)):
        yield f"Payout run {ref} was built and released or paid by one person."
    for (ref,) in rows(connection, sa.select(FeeLine.ref).where(FeeLine.approved_by_id == FeeLine.paid_by_id)):
        yield f"Fee {ref} was approved and paid by one person."


@check("Each state of a payout run, and each statement, was told as an event")
def told(connection: sa.Connection) -> Iterator[str]:
    for state, kind in TOLD_BY.items():
        heard = sa.exists().where(EventRow.ref == PayoutRun.ref, EventRow.kind == kind.__name__)
        for (ref,) in rows(connection, sa.select(PayoutRun.ref).where(PayoutRun.state == state, ~heard)):
            yield f"Payout run {ref} is {state}, but no event tells of it."
    heard = sa.exists().where(EventRow.ref == Statement.ref, EventRow.kind == events.StatementIssued.__name__)
    for (ref,) in rows(connection, sa.select(Statement.ref).where(~heard)):
        yield f"Statement {ref} was issued, but no event tells of it."


@check("Each statement has its paper")
def papers(connection: sa.Connection) -> Iterator[str]:
    paper = sa.exists().where(Document.ref == Statement.ref, Document.kind == DocumentKind.STATEMENT)
    for (ref,) in rows(connection, sa.select(Statement.ref).where(~paper)):
        yield f"Statement {ref} has no document."


def _compared(whole: Any, part: Any, same: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Whole rows whose total or count is not that of their parts: ref, total, sum."""
    found = sa.func.coalesce(sa.func.sum(part.amount_minor), 0)
    columns: tuple[Any, ...] = (whole.ref, whole.total_minor, found)
    compared = sa.select(*columns).join(part, same, isouter=True).group_by(whole.id)
    return compared.having((found != whole.total_minor) | (sa.func.count(part.id) != whole.line_count))
