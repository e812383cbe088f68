from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError, IntegrityError

from portal.activity.models import EventRow
from portal.agreements.terms import Terms
from portal.auth.models import User
from portal.auth.rules import Role
from portal.conflicts import actions as conflicts
from portal.deals import actions as deals
from portal.deals.queries import to_change
from portal.deals.rules import Channel, Details, Stage
from portal.errors import Overtaken, Refused
from portal.extensions import db
from portal.fees import actions, queries
from portal.fees.engine import Inputs
from portal.fees.models import FeeLine
from portal.fees.rules import LineState
from portal.ledger import queries as ledger
from portal.money import Money
from portal.proof import broken
from portal.referrals import actions as referrals
from portal.referrals.models import Protection
from portal.scope import all_partners
from tests.support import fees, make, sales
from tests.support.fees import ITS_FEE, WON
from tests.support.make import NOON
from tests.support.past_the_guards import tampered
from tests.support.threads import at_once

DAY = timedelta(days=1)


@pytest.fixture
def lead(app: Flask) -> User:
    fees.program()
    return fees.lead()


@pytest.fixture
def finn(app: Flask) -> User:
    return fees.maker()


def told(ref: str) -> list[str]:
    of_it = sa.select(EventRow.kind).where(EventRow.ref == ref).order_by(EventRow.seq)
    return list(db.session.scalars(all_partners(of_it, "a test")))


def test_a_won_deal_books_its_fee_with_the_reason(lead: User) -> None:
    deal = fees.won_deal(lead)
    (line,) = fees.lines_of(deal)
    assert (line.state, line.amount_minor, line.currency) == (LineState.ACCRUED, ITS_FEE, "EUR")
    assert (line.cause, line.rule) == (f"won:{deal.ref}:first-deal", "first-deal")
    assert Inputs.from_data(line.inputs).deal_value == Money(2_600_000, "EUR")
    assert [step["label"] for step in line.trace] == ["First deal, signed value", "Rate", "Rounding"]
    assert fees.balance(line.partner_id, "EUR") == Money(ITS_FEE, "EUR")
    assert [entry.key for entry in ledger.entries_of(line.partner_id, line.ref)] == [f"accrue:{line.ref}"]
    assert told(line.ref) == ["FeeBooked"]
    assert not list(broken())


def test_a_deal_signed_in_the_tail_still_counts(lead: User) -> None:
    last_day = NOON + timedelta(days=180)
    (line,) = fees.lines_of(fees.won_deal(lead, now=last_day))
    assert line.state is LineState.ACCRUED


def test_a_deal_signed_after_the_tail_earns_nothing_and_says_why(lead: User) -> None:
    deal = fees.won_deal(lead, now=NOON + timedelta(days=181))
    assert fees.lines_of(deal) == []
    assert told(deal.ref)[-2:] == ["DealWon", "FeeNotDue"]
    assert not list(broken())


def test_a_deal_without_protection_earns_nothing(lead: User) -> None:
    deal = fees.open_deal(lead)
    revoked = sa.update(Protection).where(Protection.referral_id == deal.referral_id).values(state="revoked")
    db.session.execute(all_partners(revoked, "a test"))
    sales.moved(deal, "won", now=WON, value_minor=100_00, won_on=WON.date())
    assert fees.lines_of(deal) == []


def test_a_second_deal_with_the_same_company_earns_nothing(lead: User) -> None:
    company: dict[str, Any] = {"company": "Bluefin Logistics", "website": "bluefin.example"}
    fees.booked(lead, **company)
    ended = sa.update(Protection).values(state="expired")
    db.session.execute(all_partners(ended, "a test"))
    db.session.commit()
    sent, qualifier = sales.referral(lead, **company), make.staff()
    because = "Their second site buys on its own."
    conflicts.set_aside(qualifier, sent, seen_version=sent.version, now=NOON, because=because)
    referrals.qualify(qualifier, sent, seen_version=sent.version, now=NOON, because=because)
    second = sales.moved(sales.deal_of(sent), "won", now=WON, value_minor=100_00, won_on=WON.date())
    assert fees.lines_of(second) == []


def test_a_deal_that_no_partner_brought_books_nothing(lead: User) -> None:
    sam = sales.detached(make.staff(Role.SALES_OWNER))
    deal = deals.enter(
        sam, now=NOON, company="Own Ltd", channel=Channel.INBOUND, currency="EUR", website="", expected_minor=None
    )
    sales.moved(deal, "won", now=WON, value_minor=100_00, won_on=WON.date())
    assert fees.lines_of(deal) == []
    assert not list(broken())


def test_a_cancelled_deal_takes_its_fee_back(lead: User, finn: User) -> None:
    deal = fees.won_deal(lead)
    (line,) = fees.lines_of(deal)
    actions.approve(finn, line, seen_version=line.version, now=WON)
    sales.moved(deal, "cancelled", now=WON + DAY, cancel_reason="They could not pay.")
    assert fees.line(line.ref).state is LineState.VOID
    assert fees.balance(line.partner_id, "EUR") == Money(0, "EUR")
    assert told(line.ref) == ["FeeBooked", "FeeApproved", "FeeVoided"]
    assert not list(broken())


def test_a_fee_is_booked_once_for_one_cause(lead: User) -> None:
    line = fees.booked(lead)
    with pytest.raises(IntegrityError):
        actions.book(line.deal_id, partner_id=line.partner_id, by_id=None, now=WON)


def test_two_deals_won_at_once_are_both_booked(app: Flask, lead: User) -> None:
    won = [fees.open_deal(lead) for _ in range(4)]
    owner = sales.detached(sales.owner_of(won[0]))
    details = Details(value_minor=100_000, won_on=WON.date())

    def win(ref: str, version: int) -> None:
        deal = to_change(owner, ref)
        deals.move(owner, deal, Stage.WON, seen_version=version, now=WON, details=details)
        db.session.commit()

    assert not at_once(app, *[partial(win, deal.ref, deal.version) for deal in won])
    assert fees.balance(lead.partner_id or 0, "EUR") == Money(40_000, "EUR")
    assert not list(broken())


def test_an_approval_names_its_approver(lead: User, finn: User) -> None:
    line = fees.approved(lead, finn)
    assert (line.state, line.approved_by_id, line.approved_at) == (LineState.APPROVED, finn.id, WON)
    assert not list(broken())


def test_several_are_approved_together_or_not_at_all(lead: User, finn: User) -> None:
    refs = [fees.booked(lead).ref, fees.booked(lead).ref]
    with pytest.raises(Overtaken):
        actions.approve_all(finn, {refs[0]: 1, refs[1]: 7}, now=WON)
    db.session.rollback()
    assert {fees.line(ref).state for ref in refs} == {LineState.ACCRUED}
    actions.approve_all(finn, dict.fromkeys(refs, 1), now=WON)
    db.session.commit()
    assert {fees.line(ref).state for ref in refs} == {LineState.APPROVED}
    with pytest.raises(Refused, match="at least one"):
        actions.approve_all(finn, {"F-NOWHERE": 1}, now=WON)


def test_nothing_is_approved_while_the_agreement_holds_it(app: Flask, finn: User) -> None:
    fees.program()
    line = fees.booked(fees.lead(holding_days=30))
    with pytest.raises(Refused, match=r"holds fees for 30 days.* from 18 Dec 2026 on"):
        actions.approve(finn, line, seen_version=line.version, now=WON + 29 * DAY)
    actions.approve(finn, line, seen_version=line.version, now=WON + 30 * DAY)


@pytest.mark.parametrize("role", [Role.FINANCE_APPROVER, Role.AUDITOR, Role.PARTNER_MANAGER])
def test_only_a_maker_approves(lead: User, role: Role) -> None:
    line = fees.booked(lead)
    with pytest.raises(Refused, match="does not include"):
        actions.approve(make.staff(role), line, seen_version=line.version, now=WON)


def test_of_two_who_approve_at_once_one_counts(app: Flask, lead: User) -> None:
    ref, people = fees.booked(lead).ref, [fees.maker() for _ in range(4)]

    def approve(by: User) -> None:
        actions.approve_all(by, {ref: 1}, now=WON)
        db.session.commit()

    refused = at_once(app, *[partial(approve, by) for by in people])
    assert [type(failure) for failure in refused] == [Overtaken] * 3
    assert told(ref) == ["FeeBooked", "FeeApproved"]
    assert not list(broken())


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE fee_lines SET amount_minor = 1",
        "UPDATE fee_lines SET trace = '[]'",
        "UPDATE fee_lines SET inputs = '{}'",
        "UPDATE fee_lines SET cause = 'won:other'",
        "UPDATE fee_lines SET state = 'approved'",
        "UPDATE fee_lines SET state = 'paid', paid_at = booked_at",
        "DELETE FROM fee_lines",
    ],
)
def test_the_database_itself_keeps_what_was_booked(lead: User, change: str) -> None:
    fees.booked(lead)
    db.session.rollback()
    with pytest.raises(DBAPIError, match=r"frozen|kept|(?i:check constraint)"), db.engine.begin() as connection:
        connection.exec_driver_sql(change)
    assert not list(broken())


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE fee_lines SET amount_minor = 1", "its plan gives another amount"),
        ("UPDATE fee_lines SET amount_minor = 1", "does not move what fee F-"),
        ("UPDATE fee_lines SET state = 'void'", "is void and has no transfer void:F-"),
        ("UPDATE fee_lines SET state = 'void'", "is void, but no event tells of it"),
        ("UPDATE fee_years SET earned_minor = 5", "has earned 5 minor units in 2026, but its fees add up to 260000"),
        ("DELETE FROM fee_years WHERE year > 0", "has earned 0 minor units in 2026, but its fees add up to 260000"),
        ("DELETE FROM fee_lines WHERE id > 0", "belongs to no fee"),
        ("DELETE FROM events WHERE kind = 'FeeBooked'", "is accrued, but no event tells of it"),
    ],
)
def test_what_was_tampered_with_is_named(lead: User, change: str, named: str) -> None:
    fees.booked(lead)
    assert not list(broken())
    tampered(change)
    assert [sentence for sentence in broken() if named in sentence]


def test_an_estimate_is_what_a_first_deal_would_pay(lead: User) -> None:
    terms = Terms(currency="EUR", plan=sales.PLAN)
    assert queries.estimate(terms, 2_600_000) == Money(ITS_FEE, "EUR")
    assert queries.estimate(terms, 4) == Money(0, "EUR")


def test_who_sees_which_lines(lead: User, finn: User) -> None:
    member = sales.detached(make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id))
    other = fees.lead()
    ours, members, theirs = fees.booked(lead), fees.booked(member), fees.booked(other)
    signatory = sales.detached(make.partner_user(Role.PARTNER_SIGNATORY, partner_id=lead.partner_id))
    sam = sales.detached(make.staff(Role.SALES_OWNER))
    seen = {
        reader: {row.ref for row in db.session.execute(queries.visible_to(reader, FeeLine.ref))}
        for reader in (lead, member, other, signatory, finn, sam)
    }
    assert seen == {
        lead: {ours.ref, members.ref},
        member: {members.ref},
        other: {theirs.ref},
        signatory: set(),
        finn: {ours.ref, members.ref, theirs.ref},
        sam: set(),
    }
    assert [row.ref for row in queries.lines_of_deal(member, members.deal_id)] == [members.ref]
    assert queries.lines_of_deal(member, ours.deal_id) == []
    assert queries.whole(other, ours.ref) is None


def test_totals_are_of_the_reader(lead: User, finn: User) -> None:
    member = sales.detached(make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id))
    fees.booked(lead, 100_000)
    fees.approved(member, finn, 300_000)
    expecting = fees.open_deal(member)
    deals.set_next_step(
        sales.owner_of(expecting),
        expecting,
        seen_version=expecting.version,
        now=NOON,
        next_step="Call",
        next_step_on=NOON.date(),
        expected_minor=50_000,
    )
    db.session.commit()
    (company,), (own,) = queries.totals(lead, NOON), queries.totals(member, NOON)
    assert (company.earned_this_year.minor, company.booked.minor, company.expected.minor) == (40_000, 40_000, 5_000)
    assert (own.earned_this_year.minor, own.booked.minor, own.expected.minor) == (30_000, 30_000, 5_000)
    assert (own.payable.minor, own.pay_on, own.paid_this_year.minor) == (0, None, 0)
    assert queries.totals(fees.lead(), NOON) == []
