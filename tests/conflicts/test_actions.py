"""A second claim to a company: found when it comes in, told to both sides, or over by itself."""

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from portal.auth.models import User
from portal.auth.rules import Role
from portal.conflicts import jobs
from portal.conflicts.rules import ConflictState
from portal.corrections import actions as corrections
from portal.deals import actions as deals
from portal.deals.rules import Channel
from portal.engagement.rules import Rule
from portal.extensions import db
from portal.prechecks import actions as prechecks
from portal.prechecks import rules as quota
from portal.prechecks.models import CompanyCheck
from portal.prechecks.rules import Answer
from portal.referrals import actions as referrals
from portal.referrals.models import Protection, Referral
from portal.referrals.rules import Status
from portal.scope import all_partners
from portal.sla.models import SlaClock
from portal.sla.rules import ClockState
from tests.conflicts.claims import ACME, DAY, HOUR, SPELT, conflicts, contested
from tests.notifications.outbox import outbox
from tests.support import make, sales
from tests.support.make import NOON
from tests.support.proof import broken_of_deals


def sweep(now: datetime) -> int:
    due = jobs.due(now, 10)
    for conflict_id, version in due * 2:
        jobs.attempt(conflict_id, version, now)
    return len(due)


def test_the_second_claim_waits_in_conflict_and_the_first_goes_on(two: tuple[User, User]) -> None:
    first, second = contested(two)
    assert (first.status, second.status) == (Status.SUBMITTED, Status.CONFLICT)
    (conflict,) = conflicts()
    assert (conflict.rule, conflict.rule_number, conflict.rules_version) == (Rule.FIRST, 4, 1)
    assert (conflict.against_ref, conflict.holder_id) == (first.ref, first.partner_id)
    assert (conflict.claim_at, conflict.standing_at) == (second.received_at, first.received_at)
    assert broken_of_deals() == []


def test_our_promise_runs_on(two: tuple[User, User]) -> None:
    _, second = contested(two)
    clock = db.session.scalars(all_partners(sa.select(SlaClock).where(SlaClock.ref == second.ref), "a test")).one()
    assert clock.state is ClockState.RUNNING
    assert second.due_at == clock.due_at


def test_both_sides_are_told_the_rule_and_the_times_and_no_name(two: tuple[User, User]) -> None:
    contested(two)
    (mine,) = outbox("ConflictEntered")
    (theirs,) = outbox("ClaimContested")
    assert (mine.to, theirs.to) == (two[1].email, two[0].email)
    assert "Another partner's claim of Wed 18 Nov, 12:00 CET came before yours of Wed 18 Nov, 13:00 CET." in mine.text
    assert "Another partner introduced the same company on Wed 18 Nov, 13:00 CET." in theirs.text
    assert "stands by rule 4; nothing changes for you." in theirs.text
    assert "Hana" not in mine.text
    assert "Ben" not in theirs.text
    assert "Kallwitz-Maschinenbau" not in theirs.subject  # as the holder wrote it, not as the other did


def test_a_look_alike_that_is_not_sure_waits_for_a_person(two: tuple[User, User]) -> None:
    sales.referral(two[0], **ACME)
    second = sales.referral(two[1], NOON + HOUR, company="Kallwitz Maschinenbau", website="km-werke.example")
    assert second.status is Status.SUBMITTED
    assert conflicts() == []


@pytest.mark.parametrize("what", ["customer", "opportunity"])
def test_against_what_is_ours(two: tuple[User, User], what: str) -> None:
    sam = sales.detached(make.staff(Role.SALES_OWNER))
    deal = deals.enter(
        sam, now=NOON, company="Kallwitz", channel=Channel.INBOUND, currency="EUR", website="kallwitz.example",
        expected_minor=None,
    )  # fmt: skip
    if what == "customer":
        sales.moved(deal, "won", now=NOON, value_minor=100_00, won_on=NOON.date())
    db.session.commit()
    second = sales.referral(two[1], NOON + DAY, **ACME)
    assert second.status is Status.CONFLICT
    (conflict,) = conflicts()
    assert (conflict.rule, conflict.holder_id, conflict.against_ref) == (Rule(what), None, deal.ref)
    assert outbox("ClaimContested") == []
    checks = db.session.scalars(all_partners(sa.select(CompanyCheck), "a test")).all()
    assert [each.answer for each in checks] == [Answer.CUSTOMER if what == "customer" else Answer.TAKEN]


def test_a_protected_claim_stands_until_it_ends(two: tuple[User, User]) -> None:
    deal = sales.qualified(two[0], **ACME)
    second = sales.referral(two[1], NOON + DAY, **SPELT)
    (conflict,) = conflicts()
    assert (conflict.rule, conflict.until) == (Rule.PROTECTION, NOON + 90 * DAY)
    assert sweep(NOON + 90 * DAY - HOUR) == 0
    protection = sa.update(Protection).where(Protection.referral_id == deal.referral_id)
    db.session.execute(all_partners(protection.values(ends_at=NOON + 5 * DAY), "a test"))
    db.session.commit()
    assert sweep(NOON + 5 * DAY) == 1
    again = sales.again(second.ref)
    assert again.status is Status.UNDER_REVIEW
    assert [each.state for each in conflicts()] == [ConflictState.LAPSED]
    assert "The other claim to this company has ended." in outbox("ConflictLapsed")[0].text
    assert broken_of_deals() == []


def test_a_hold_stands_and_then_the_referral_that_it_became(two: tuple[User, User]) -> None:
    made = prechecks.check(two[0], "kallwitz.example", now=NOON)
    prechecks.hold(two[0], made, now=NOON)
    db.session.commit()
    second = sales.referral(two[1], NOON + HOUR, **SPELT)
    (conflict,) = conflicts()
    assert (conflict.rule, conflict.by_hold, conflict.until) == (Rule.PROTECTION, True, NOON + DAY)
    assert outbox("ClaimContested")[0].path == "/referrals/check"
    first = sales.referral(two[0], NOON + 2 * HOUR, **ACME)
    assert first.status is Status.SUBMITTED
    assert conflicts()[0].against_ref == first.ref
    assert sweep(NOON + 3 * DAY) == 0
    referrals.withdraw(two[0], first, seen_version=first.version, now=NOON + 3 * DAY)
    db.session.commit()
    assert sweep(NOON + 3 * DAY) == 1
    assert sales.again(second.ref).status is Status.UNDER_REVIEW


def test_a_hold_that_is_not_followed_ends_the_conflict(two: tuple[User, User]) -> None:
    prechecks.hold(two[0], prechecks.check(two[0], "kallwitz.example", now=NOON), now=NOON)
    db.session.commit()
    sales.referral(two[1], NOON + HOUR, **SPELT)
    assert sweep(NOON + DAY - HOUR) == 0
    assert sweep(NOON + DAY) == 1


def test_what_a_partner_learns_by_it_counts_as_a_question(
    two: tuple[User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "PER_PERSON", 1)
    sales.referral(two[0], **ACME)
    sales.referral(two[0], company="Borgholm Logistik", website="borgholm.example")
    assert sales.referral(two[1], NOON + HOUR, **SPELT).status is Status.CONFLICT
    unsaid = sales.referral(two[1], NOON + HOUR, company="Borgholm", website="borgholm.example")
    assert unsaid.status is Status.SUBMITTED
    assert len(conflicts()) == 1


def corrected(by: User, referral: Referral, now: datetime, **facts: Any) -> Referral:
    told = corrections.facts_of(referral) | facts
    corrections.correct(by, referral, facts=told, currency="EUR", seen_version=referral.version, now=now)
    return sales.again(referral.ref)


def test_a_claim_to_another_company_counts_from_when_it_is_named(two: tuple[User, User]) -> None:
    early = sales.referral(two[0], company="Ahrens Logistik", website="ahrens.example")
    taken = sales.referral(two[1], NOON + HOUR, **ACME)
    moved = corrected(two[0], early, NOON + 2 * HOUR, **SPELT)
    assert (moved.status, sales.again(taken.ref).status) == (Status.CONFLICT, Status.SUBMITTED)
    assert {each.other_ref for each in sales.noted(moved.ref)} == {taken.ref}


def test_a_typo_put_right_costs_no_place(two: tuple[User, User]) -> None:
    first, second = contested(two)
    put_right = corrected(two[0], first, NOON + 2 * HOUR, company="Kallwitz Maschinenbau")
    assert (put_right.status, sales.again(second.ref).status) == (Status.SUBMITTED, Status.CONFLICT)
