"""Two partners on one deal: who has which part, what it pays each, and what holds whatever code runs."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from portal.auth.rules import Role
from portal.conflicts import actions as conflicts
from portal.conflicts.models import Conflict
from portal.conflicts.rules import ConflictState
from portal.deals import actions as deals
from portal.deals import shares, sharing
from portal.deals.models import DealShare
from portal.deals.stories.queries import WHOLE
from portal.documents.models import Document
from portal.errors import Overtaken, Refused
from portal.extensions import db
from portal.fees import actions
from portal.fees.rules import LineState
from portal.ledger.models import Account
from portal.payouts import statements
from portal.payouts.models import Statement
from portal.referrals.models import Protection
from portal.referrals.rules import ProtectionState, Status
from portal.scope import all_partners
from tests.notifications.outbox import outbox
from tests.support import fees, make, sales
from tests.support.make import NOON
from tests.support.past_the_guards import tampered
from tests.support.proof import broken_of_deals
from tests.support.shared import BECAUSE, HOUR, Shared, agreed, contested, line_of, won

LATER = NOON + 5 * HOUR


@pytest.fixture
def two(app: Flask) -> Shared:
    return agreed()


def protection(referral_id: int) -> Protection:
    wanted = sa.select(Protection).where(Protection.referral_id == referral_id)
    return db.session.scalars(all_partners(wanted.execution_options(populate_existing=True), "a test")).one()


def divide(two: Shared, first: int, second: int, **given: Any) -> None:
    usual: dict[str, Any] = {"seen_version": two.deal.version, "because": "Ben opened the door to the board."}
    divided = {two.first.id: first, two.second.id: second}
    sharing.divide(make.staff(Role.PARTNER_MANAGER), two.deal, divided, now=LATER, **usual | given)


def test_a_split_qualifies_the_second_claim_into_the_deal_of_the_first(two: Shared) -> None:
    assert two.second.status is Status.QUALIFIED
    assert protection(two.second.id).state is ProtectionState.ACTIVE
    conflict = db.session.scalars(all_partners(sa.select(Conflict), "a test")).one()
    assert (conflict.state, conflict.set_aside_because) == (ConflictState.SPLIT, "")
    assert [(each.partner_id, each.share_bp) for each in shares.of_deal(two.deal.id)] == [
        (two.hana.partner_id, 6000),
        (two.ben.partner_id, 4000),
    ]
    assert broken_of_deals() == []


def test_each_is_told_its_own_share_only(two: Shared) -> None:
    mine, theirs = sorted(outbox("ShareAgreed"), key=lambda mail: mail.to != two.hana.email)
    assert (mine.to, theirs.to) == (two.hana.email, two.ben.email)
    assert "Your share is 60 %" in mine.text
    assert "Your share is 40 %" in theirs.text
    assert "40 %" not in mine.text
    assert "60 %" not in theirs.text
    for text, name in ((mine.text + mine.subject, "Ben"), (theirs.text + theirs.subject, "Hana")):
        assert name not in text
        assert BECAUSE not in text
    assert two.second.company in theirs.subject


@pytest.mark.parametrize(
    ("first", "second", "because", "says"),
    [(6000, 3000, BECAUSE, "add up to 90 %"), (6000, 4000, "", "Say in a sentence why"), (0, 10_000, BECAUSE, "Each")],
)
def test_a_split_that_is_refused_changes_nothing(app: Flask, first: int, second: int, because: str, says: str) -> None:
    two = contested()
    ref = two.second.ref
    divided = {two.first.id: first, two.second.id: second}
    with pytest.raises(Refused, match=says):
        conflicts.split(
            make.staff(), two.second, seen_version=two.second.version, now=LATER, divided=divided, because=because
        )
    db.session.rollback()
    assert sales.again(ref).status is Status.CONFLICT
    assert db.session.scalar(all_partners(sa.select(sa.func.count(DealShare.id)), "a test")) == 0


def test_only_an_open_deal_is_shared(app: Flask) -> None:
    two = contested()
    sales.moved(two.deal, "lost", now=LATER, lost_reason="price")
    divided = {two.first.id: 6000, two.second.id: 4000}
    with pytest.raises(Refused, match="nothing to share"):
        conflicts.split(
            make.staff(), two.second, seen_version=two.second.version, now=LATER, divided=divided, because=BECAUSE
        )


def test_a_won_deal_pays_each_its_part_by_its_own_referral(two: Shared) -> None:
    won(two)
    first, second = line_of(two, two.hana), line_of(two, two.ben)
    assert (first.amount_minor, second.amount_minor) == (156_000, 104_000)
    assert first.agreement_id == two.first.agreement_id
    assert second.agreement_id == two.second.agreement_id
    assert second.trace[-1]["text"] == "40 %"
    assert second.inputs["share"] == {"referral_ref": two.second.ref, "share_bp": 4000, "rest_minor": 0}
    assert protection(two.second.id).state is ProtectionState.RELEASED
    assert broken_of_deals() == []


def test_the_rest_goes_to_who_came_first(app: Flask) -> None:
    two = won(agreed(3333), 100_00)
    assert [line_of(two, each).amount_minor for each in (two.hana, two.ben)] == [334, 666]
    assert broken_of_deals() == []


def test_a_win_that_is_undone_takes_back_both_and_is_booked_once_more(two: Shared) -> None:
    won(two)
    deals.undo(sales.owner_of(two.deal), two.deal, seen_version=two.deal.version, now=fees.WON + HOUR)
    db.session.commit()
    assert {line.state for line in fees.lines_of(two.deal)} == {LineState.VOID}
    assert protection(two.second.id).state is ProtectionState.ACTIVE
    balances = db.session.scalars(all_partners(sa.select(Account.balance_minor), "a test"))
    assert set(balances) == {0}
    sales.moved(two.deal, "won", now=fees.WON + HOUR, value_minor=100_000, won_on=fees.WON.date())
    assert line_of(two, two.ben).amount_minor == 4_000
    assert broken_of_deals() == []


def test_a_cancelled_deal_takes_back_both_or_neither(two: Shared) -> None:
    won(two)
    line = line_of(two, two.ben)
    actions.approve(fees.maker(), line, seen_version=line.version, now=fees.WON)
    sales.moved(two.deal, "cancelled", now=fees.WON + HOUR, cancel_reason="They went bankrupt.")
    assert {line.state for line in fees.lines_of(two.deal)} == {LineState.VOID}
    assert broken_of_deals() == []


def test_a_deal_that_rests_rests_both_and_comes_back_with_both(two: Shared) -> None:
    sales.moved(two.deal, "parked", now=LATER, parked_until=(LATER + timedelta(days=30)).date())
    assert {protection(each.id).state for each in (two.first, two.second)} == {ProtectionState.PAUSED}
    deals.bring_back(None, two.deal, seen_version=two.deal.version, now=LATER + HOUR, because="day")  # type: ignore[arg-type]
    sales.moved(two.deal, "lost", now=LATER + 2 * HOUR, lost_reason="price")
    sales.moved(two.deal, "contacted", now=LATER + 3 * HOUR)
    assert {protection(each.id).state for each in (two.first, two.second)} == {ProtectionState.ACTIVE}
    assert broken_of_deals() == []


def test_who_joins_a_deal_that_rests_rests_with_it(app: Flask) -> None:
    two = contested()
    sales.moved(two.deal, "parked", now=LATER, parked_until=(LATER + timedelta(days=30)).date())
    divided = {two.first.id: 6000, two.second.id: 4000}
    given: dict[str, Any] = {"seen_version": two.second.version, "now": LATER, "because": BECAUSE}
    conflicts.split(make.staff(), two.second, divided=divided, **given)
    assert protection(two.second.id).state is ProtectionState.PAUSED
    assert broken_of_deals() == []


def test_other_shares_end_those_before_and_keep_them(two: Shared) -> None:
    divide(two, 5000, 5000)
    db.session.commit()
    every = db.session.scalars(all_partners(sa.select(DealShare).order_by(DealShare.id), "a test")).all()
    assert [(each.share_bp, each.ended_at) for each in every] == [
        (6000, LATER),
        (4000, LATER),
        (5000, None),
        (5000, None),
    ]
    assert "Your share is 50 %" in outbox("ShareAgreed")[-1].text
    assert broken_of_deals() == []


def test_of_two_who_divide_at_once_the_second_is_told(two: Shared) -> None:
    seen = two.deal.version
    divide(two, 5000, 5000)
    with pytest.raises(Overtaken):
        divide(two, 7000, 3000, seen_version=seen)


def test_shares_of_a_closed_deal_stay(two: Shared) -> None:
    won(two)
    with pytest.raises(Refused, match="its shares stay as they are"):
        divide(two, 5000, 5000)


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE deal_shares SET share_bp = 9000", "frozen"),
        ("DELETE FROM deal_shares", "kept"),
        ("UPDATE deal_shares SET share_bp = 0", "frozen|share_is_a_part"),
        ("UPDATE deals SET partner_id = (SELECT MAX(id) FROM partners)", "stays with its partner"),
        (
            "INSERT INTO fee_lines SELECT id + 100, 'F-999999', (SELECT MIN(id) - 1 FROM partners), deal_id,"
            " agreement_id, fee_plan_id, rule, 'x', corrects_id, amount_minor, currency, inputs, trace, booked_at,"
            " state, approved_by_id, approved_at, statement_id, pay_on, paid_by_id, paid_at, version FROM"
            " fee_lines LIMIT 1",
            "brought the deal, or has a share",
        ),
    ],
)
def test_the_database_itself_refuses(two: Shared, sql: str, says: str) -> None:
    won(two)
    with pytest.raises(DBAPIError, match=says):
        db.session.execute(all_partners(sa.text(sql), "a test"))
    db.session.rollback()


def test_verify_names_what_does_not_fit(two: Shared) -> None:
    won(two)
    tampered("UPDATE deal_shares SET share_bp = 5000 WHERE share_bp = 6000")
    assert f"The shares of deal {two.deal.ref} add up to 90 %." in broken_of_deals()
    tampered("DELETE FROM deal_shares WHERE share_bp = 4000")
    assert any("neither brought the deal nor has a share" in each for each in broken_of_deals())


def test_a_line_that_is_payable_already_keeps_the_deal_won(two: Shared) -> None:
    won(two)
    payable(two)
    with pytest.raises(Refused, match="payable already"):
        sales.moved(two.deal, "cancelled", now=fees.WON + HOUR, cancel_reason="They went bankrupt.")


def payable(two: Shared) -> Statement:
    """Ben's part, on a statement."""
    line, finn = line_of(two, two.ben), fees.maker()
    actions.approve(finn, line, seen_version=line.version, now=fees.WON)
    fees.can_be_paid(line.partner_id)
    issued = statements.issue(finn, fees.partner_of(line), currency="EUR", now=fees.WON)
    db.session.commit()
    return issued


def test_a_statement_has_the_part_and_nothing_of_the_other(two: Shared) -> None:
    issued = payable(won(two))
    assert (issued.total_minor, issued.line_count) == (104_000, 1)
    paper = db.session.scalars(all_partners(sa.select(Document).where(Document.ref == issued.ref), "a test")).one()
    said = f"{paper.html} {paper.data}"
    assert "40 %" in said
    for other in ("60 %", "'share_bp': 6000", "1,560", "Hana", two.first.ref):
        assert other not in said
    assert broken_of_deals() == []


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_the_deal_of_a_referral_is_found_by_indexes(two: Shared) -> None:
    asked = WHOLE.compile(db.engine, compile_kwargs={"render_postcompile": True})
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", ("x",) * len(asked.positiontup or ()))
    steps = [row[3] for row in plan]
    assert not [step for step in steps if step.startswith("SCAN deal")]
    assert any("deal_shares_1 USING" in step and "uq_deal_shares_live_referral" in step for step in steps)
