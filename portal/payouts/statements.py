"""Approved fees become payable by standing on a statement."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.agreements.models import Agreement
from portal.agreements.terms import Terms
from portal.auth.models import User
from portal.deals.models import Deal
from portal.deals.shares import called_by
from portal.documents import actions as documents
from portal.documents.rules import DocumentKind
from portal.errors import Refused
from portal.events import publish
from portal.extensions import db
from portal.fees.events import FeePayable
from portal.fees.models import FeeLine
from portal.fees.moves import facts, locked, move
from portal.fees.rules import LineState
from portal.formats import money
from portal.ledger import queries as ledger
from portal.ledger.actions import hold
from portal.partners.models import Partner
from portal.payouts.events import StatementIssued
from portal.payouts.models import Statement
from portal.payouts.papers import statement_paper
from portal.payouts.rules import StatementState, pay_day
from portal.payouts.standing import standing
from portal.program import the_program
from portal.refs import new_ref
from portal.scope import owned_by
from portal.sla.queries import calendar


def issue(by: User, partner: Partner, *, currency: str, now: datetime) -> Statement:
    """Put the partner's approved fees in a currency on a statement: they are payable on the next payment day.

    Raises `Refused` where there is none, where something is missing for paying, and below the agreed minimum."""
    hold(partner.id)
    if missing := standing([partner.id])[partner.id].missing:
        raise Refused(f"{missing} The fees of {partner.name} are kept until then.")
    lines = locked(FeeLine.partner_id == partner.id, FeeLine.state == LineState.APPROVED, FeeLine.currency == currency)
    if not lines:
        raise Refused(f"{partner.name} has no approved fee in {currency} that is not on a statement yet.")
    statement = _statement(by, lines, _terms(lines[-1]), now)
    db.session.add(statement)
    db.session.flush()
    values = {"statement_id": statement.id, "pay_on": statement.pay_on}
    told: dict[str, Any] = {"statement_ref": statement.ref, "pay_on": statement.pay_on}
    move(lines, LineState.PAYABLE, by=by, tell=lambda line: FeePayable(**facts(line, by.id, now), **told), **values)
    _ask_for_paper(statement, partner, now)
    publish(
        StatementIssued(
            by=by.id,
            at=now,
            ref=statement.ref,
            partner_id=partner.id,
            statement_id=statement.id,
            total_minor=statement.total_minor,
            currency=currency,
            line_count=statement.line_count,
            pay_on=statement.pay_on,
        )
    )
    return statement


def _statement(by: User, lines: Sequence[FeeLine], terms: Terms, now: datetime) -> Statement:
    first, total = lines[0], sum(line.amount_minor for line in lines)
    if total < terms.minimum_minor:
        least, so_far = money(terms.minimum_minor, terms.currency), money(total, first.currency)
        raise Refused(f"The agreement pays from {least} on, and this is {so_far}. It is kept until more is there.")
    head = ledger.head(first.partner_id)
    return Statement(
        ref=new_ref("S", Statement.ref),
        partner_id=first.partner_id,
        state=StatementState.ISSUED,
        total_minor=total,
        currency=first.currency,
        line_count=len(lines),
        pay_on=_pay_on(now, terms.payment_day),
        issued_at=now,
        issued_by_id=by.id,
        chain_seq=head.seq,
        chain_head=head.hash,
    )


def _pay_on(now: datetime, payment_day: int) -> date:
    working = calendar()
    is_working = lambda day: bool(working.by_weekday[day.weekday()]) and day not in working.holidays  # noqa: E731
    return pay_day(now.astimezone(working.zone).date(), payment_day, is_working)


def _terms(line: FeeLine) -> Terms:
    """The terms of the agreement that the latest of the fees was earned under."""
    frozen = sa.select(Agreement.terms).where(Agreement.id == line.agreement_id)
    return Terms.from_data(db.session.execute(owned_by(frozen, line.partner_id)).scalar_one())


def _ask_for_paper(statement: Statement, partner: Partner, now: datetime) -> None:
    program = the_program()
    if program is None:
        raise Refused("The program is not set up yet.")
    lines = _told(statement)
    documents.ask_for(
        DocumentKind.STATEMENT,
        statement.ref,
        partner_id=partner.id,
        title=f"Statement {statement.ref}",
        html=statement_paper(statement, partner=partner, lines=lines, program=program),
        data=_as_data(statement, partner, lines),
        now=now,
    )


def _told(statement: Statement) -> Sequence[sa.Row[Any]]:
    columns: tuple[Any, ...] = (FeeLine.ref, FeeLine.amount_minor, FeeLine.currency, FeeLine.trace, FeeLine.inputs)
    columns += (called_by(FeeLine.partner_id), Deal.won_on)
    wanted = (
        sa.select(*columns)
        .join(Deal, Deal.id == FeeLine.deal_id)
        .where(FeeLine.statement_id == statement.id)
        .order_by(FeeLine.id)
    )
    return db.session.execute(owned_by(wanted, statement.partner_id)).all()


def _as_data(statement: Statement, partner: Partner, lines: Sequence[Any]) -> dict[str, Any]:
    """The attachment of the PDF: the statement as data, each line with its inputs and trace."""
    return {
        "statement": statement.ref,
        "partner": partner.ref,
        "currency": statement.currency,
        "total_minor": statement.total_minor,
        "issued_at": statement.issued_at.isoformat(),
        "pay_on": statement.pay_on.isoformat(),
        "ledger_head": {"seq": statement.chain_seq, "hash": statement.chain_head},
        "lines": [
            {"ref": line.ref, "amount_minor": line.amount_minor, "inputs": line.inputs, "trace": line.trace}
            for line in lines
        ],
    }
