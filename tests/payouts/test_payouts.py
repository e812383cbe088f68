from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.auth.models import User
from portal.auth.rules import Role
from portal.documents.models import Document
from portal.errors import Refused
from portal.extensions import db
from portal.fees.actions import approve
from portal.fees.models import FeeYear
from portal.fees.queries import totals
from portal.fees.rules import LineState
from portal.ledger import queries as ledger
from portal.money import Money
from portal.partners.models import PayoutDetails
from portal.payouts import actions, queries, statements
from portal.payouts.rules import RunState
from portal.proof import broken
from portal.scope import all_partners
from tests.payouts.runs import A_TEST, built, paid, released, told
from tests.support import fees, make, sales
from tests.support.fees import ITS_FEE, WON
from tests.support.past_the_guards import tampered


def test_a_statement_makes_fees_payable(lead: User, finn: User) -> None:
    line = fees.approved(lead, finn)
    fees.approved(lead, finn, 100_000)
    fees.can_be_paid(line.partner_id)
    statement = statements.issue(finn, fees.partner_of(line), currency="EUR", now=WON)
    db.session.commit()
    assert (statement.total_minor, statement.line_count) == (ITS_FEE + 10_000, 2)
    assert statement.pay_on == date(2026, 12, 15)
    assert (statement.chain_seq, statement.chain_head) == ledger.head(line.partner_id)
    now = fees.line(line.ref)
    assert (now.state, now.statement_id, now.pay_on) == (LineState.PAYABLE, statement.id, statement.pay_on)
    papers = sa.select(Document).where(Document.ref == statement.ref)
    paper = db.session.scalars(all_partners(papers, A_TEST)).one()
    for shown in (line.ref, "€2,700.00", "15 December 2026", statement.chain_head, "clause 4.1"):
        assert shown in paper.html
    assert told(statement.ref) == ["StatementIssued"]
    assert not list(broken())


def test_nothing_is_put_on_a_statement_twice(lead: User, finn: User) -> None:
    line = fees.payable(lead, finn)
    with pytest.raises(Refused, match="no approved fee in EUR"):
        statements.issue(finn, fees.partner_of(line), currency="EUR", now=WON)


def test_what_is_missing_is_named_and_nothing_is_lost(lead: User, finn: User) -> None:
    line = fees.approved(lead, finn)
    ref = line.ref
    with pytest.raises(Refused, match=r"Payouts wait for the payout details\. The fees of Partner"):
        statements.issue(finn, fees.partner_of(line), currency="EUR", now=WON)
    db.session.rollback()
    assert fees.line(ref).state is LineState.APPROVED


def test_below_the_agreed_minimum_it_is_kept(app: Flask, finn: User) -> None:
    fees.program()
    line = fees.approved(fees.lead(minimum_minor=5_000), finn, 10_000)
    fees.can_be_paid(line.partner_id)
    with pytest.raises(Refused, match=r"pays from €50\.00 on, and this is €10\.00"):
        statements.issue(finn, fees.partner_of(line), currency="EUR", now=WON)


def test_a_run_pays_each_fee_once(lead: User, finn: User, olga: User) -> None:
    refs = [fees.payable(lead, finn).ref, fees.payable(fees.lead(), finn, 100_000).ref]
    run = paid(released(built(finn), olga), olga)
    assert (run.state, run.total_minor, run.line_count) == (RunState.PAID, ITS_FEE + 10_000, 2)
    first = fees.line(refs[0])
    assert (first.state, first.approved_by_id, first.paid_by_id) == (LineState.PAID, finn.id, olga.id)
    assert fees.balance(first.partner_id, "EUR") == Money(0, "EUR")
    assert [entry.key for entry in ledger.entries_of(first.partner_id, first.ref)][-1] == f"pay:{first.ref}"
    year = db.session.scalars(all_partners(sa.select(FeeYear).where(FeeYear.partner_id == first.partner_id), A_TEST))
    assert year.one().paid_minor == ITS_FEE
    assert told(first.ref) == ["FeeBooked", "FeeApproved", "FeePayable", "FeeScheduled", "FeePaid"]
    assert told(run.ref) == ["PayoutRunBuilt", "PayoutRunReleased", "PayoutRunPaid"]
    assert not list(broken())


def test_fees_of_a_partner_that_cannot_be_paid_stay_out(lead: User, finn: User) -> None:
    inside, outside = fees.payable(lead, finn), fees.payable(fees.lead(), finn)
    replaced = sa.update(PayoutDetails).where(PayoutDetails.partner_id == outside.partner_id).values(state="replaced")
    db.session.execute(all_partners(replaced, A_TEST))
    assert built(finn).line_count == 1
    assert (fees.line(inside.ref).state, fees.line(outside.ref).state) == (LineState.SCHEDULED, LineState.PAYABLE)
    with pytest.raises(
        Refused, match=r"Nothing can be paid in EUR now\. Partner .*: Payouts wait for the payout details"
    ):
        actions.build_run(finn, currency="EUR", now=WON)


def test_a_run_whose_bank_details_changed_is_not_released(lead: User, finn: User, olga: User) -> None:
    line = fees.payable(lead, finn)
    run = built(finn)
    fees.paid_to(fees.partner_of(line), "NL91ABNA0417164300", WON)
    with pytest.raises(Refused, match=r"The payout details have changed since\. Cancel the run"):
        released(run, olga)


def test_a_cancelled_run_frees_its_fees(lead: User, finn: User, olga: User) -> None:
    line = fees.payable(lead, finn)
    run = built(finn)
    actions.cancel_run(finn, run, seen_version=run.version, now=WON)
    db.session.commit()
    assert fees.line(line.ref).state is LineState.PAYABLE
    assert told(line.ref)[-1] == "FeeUnscheduled"
    paid(released(built(finn), olga), olga)
    assert fees.line(line.ref).state is LineState.PAID
    assert not list(broken())


def test_a_released_run_is_not_cancelled(lead: User, finn: User, olga: User) -> None:
    fees.payable(lead, finn)
    run = released(built(finn), olga)
    with pytest.raises(Refused, match="released cannot become cancelled"):
        actions.cancel_run(finn, run, seen_version=run.version, now=WON)


def test_a_deal_whose_fee_is_payable_stays_won(lead: User, finn: User) -> None:
    deal = fees.won_deal(lead)
    (line,) = fees.lines_of(deal)
    approve(finn, line, seen_version=line.version, now=WON)
    fees.can_be_paid(line.partner_id)
    statements.issue(finn, fees.partner_of(line), currency="EUR", now=WON)
    db.session.commit()
    with pytest.raises(Refused, match="is payable already, so the deal stays won"):
        sales.moved(deal, "cancelled", now=WON, cancel_reason="They left.")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE statements SET total_minor = 5", "says 5 minor units, but its fees add up to 260000"),
        ("UPDATE payout_runs SET total_minor = 5", "says 5 minor units, but its lines add up to 260000"),
        ("UPDATE payout_lines SET amount_minor = 5", "with another amount"),
        ("UPDATE payout_lines SET is_live = (id < 0)", "which does not fit no run"),
        ("UPDATE fee_lines SET state = 'payable', paid_by_id = NULL, paid_at = NULL", "does not fit payout run PR-"),
        (
            "UPDATE fee_lines SET state = 'payable', paid_by_id = NULL, paid_at = NULL",
            "is payable and has a transfer pay",
        ),
        ("DELETE FROM transfers WHERE key LIKE 'pay:%%'", "is paid and has no transfer pay:F-"),
        ("UPDATE fee_years SET paid_minor = 0", "has paid 0 minor units in 2026, but its fees add up to 260000"),
        ("DELETE FROM events WHERE kind = 'PayoutRunPaid'", "is paid, but no event tells of it"),
        ("DELETE FROM events WHERE kind = 'StatementIssued'", "was issued, but no event tells of it"),
        ("DELETE FROM documents WHERE id > 0", "has no document"),
    ],
)
def test_what_was_tampered_with_is_named(lead: User, finn: User, olga: User, change: str, named: str) -> None:
    fees.payable(lead, finn)
    paid(released(built(finn), olga), olga)
    assert not list(broken())
    tampered(change.replace("%%", "%") if db.engine.dialect.name == "sqlite" else change)
    assert [sentence for sentence in broken() if named in sentence]


def test_who_sees_which_statements(lead: User, finn: User) -> None:
    fees.payable(lead, finn)
    (ours,) = queries.statements(lead)
    fay = sales.detached(make.partner_user(Role.PARTNER_FINANCE, partner_id=lead.partner_id))
    member = sales.detached(make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id))
    other = fees.lead()
    assert queries.statement(fay, ours.ref)
    assert queries.statement(finn, ours.ref)
    for stranger in (member, other, sales.detached(make.staff(Role.SALES_OWNER))):
        assert queries.statement(stranger, ours.ref) is None
        assert not queries.statements(stranger)


def test_totals_follow_the_payment(lead: User, finn: User, olga: User) -> None:
    fees.payable(lead, finn)
    (before,) = totals(lead, WON)
    assert (before.payable.minor, before.pay_on, before.booked.minor) == (ITS_FEE, date(2026, 12, 15), 0)
    paid(released(built(finn), olga), olga)
    (after,) = totals(lead, WON + timedelta(days=1))
    assert (after.payable.minor, after.pay_on, after.paid_this_year.minor) == (0, None, ITS_FEE)
