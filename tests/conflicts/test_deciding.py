"""A conflict is decided by a person, once, and what was ruled is kept as it was."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from portal.auth.models import User
from portal.conflicts import actions
from portal.conflicts.models import Conflict
from portal.conflicts.rules import ConflictState, check_move
from portal.errors import Overtaken, Refused
from portal.extensions import db
from portal.referrals import actions as referrals
from portal.referrals.decline_reasons import DeclineReason
from portal.referrals.rules import Status
from portal.scope import all_partners
from tests.conflicts.claims import ACME, DAY, HOUR, SPELT, conflicts, contested
from tests.moves import assert_only
from tests.notifications.outbox import outbox
from tests.support import make, sales
from tests.support.make import NOON
from tests.support.proof import broken_of_deals

NAMES = [each.name for each in Conflict.__table__.c if each.name not in ("id", "version")]


def test_an_upheld_ruling_declines_with_the_rule(two: tuple[User, User]) -> None:
    _, second = contested(two)
    quentin = make.staff()
    actions.uphold(quentin, second, seen_version=second.version, now=NOON + 2 * HOUR)
    db.session.commit()
    assert (second.status, second.decline_reason) == (Status.DECLINED, DeclineReason.CONFLICT_FIRST)
    assert second.decision_note == "Rule 4 of the rules of engagement."
    assert second.decided_by_id == quentin.id
    assert "came before yours. Rule 4" in outbox("ReferralDeclined")[0].text
    assert broken_of_deals() == []


def test_until_when_it_holds_is_said_with_the_decline(two: tuple[User, User]) -> None:
    sales.qualified(two[0], **ACME)
    second = sales.referral(two[1], NOON + DAY, **SPELT)
    actions.uphold(make.staff(), second, seen_version=second.version, now=NOON + DAY)
    assert second.decision_note == "Rule 3 of the rules of engagement. That holds until 16 Feb 2027."


def test_a_ruling_is_set_aside_with_a_reason_and_both_sides_hear_of_it(two: tuple[User, User]) -> None:
    _, second = contested(two)
    with pytest.raises(Refused, match="Say in a sentence why"):
        actions.set_aside(make.staff(), second, seen_version=second.version, now=NOON + HOUR, because="")
    db.session.rollback()
    actions.set_aside(make.staff(), second, seen_version=second.version, now=NOON + HOUR, because="Another group.")
    db.session.commit()
    assert second.status is Status.UNDER_REVIEW
    assert {each.to for each in outbox("ConflictSetAside")} == {two[0].email, two[1].email}
    assert not any("Another group." in each.text for each in outbox("ConflictSetAside"))
    assert broken_of_deals() == []


def test_a_referral_in_conflict_is_decided_by_the_conflict_alone(two: tuple[User, User]) -> None:
    _, second = contested(two)
    quentin = make.staff()
    with pytest.raises(Refused, match="Settle the conflict first"):
        referrals.qualify(quentin, second, seen_version=second.version, now=NOON, because="They are two.")
    with pytest.raises(Refused, match="Settle the conflict first"):
        referrals.decline(quentin, second, seen_version=second.version, now=NOON, reason=DeclineReason.NO_FIT)


def test_of_two_deciders_the_second_is_told(two: tuple[User, User]) -> None:
    _, second = contested(two)
    seen, ref = second.version, second.ref
    actions.uphold(make.staff(), second, seen_version=seen, now=NOON + HOUR)
    db.session.commit()
    for late in (actions.uphold, lambda *a, **k: actions.set_aside(*a, because="Late.", **k)):
        with pytest.raises((Overtaken, Refused)):
            late(make.staff(), sales.again(ref), seen_version=seen, now=NOON + HOUR)
        db.session.rollback()


def test_a_conflict_ends_with_a_referral_whose_contact_is_gone(two: tuple[User, User]) -> None:
    _, second = contested(two)
    referrals.end_without_contact(None, second, now=NOON + DAY)
    db.session.commit()
    assert second.decline_reason is DeclineReason.CONSENT_WITHDRAWN
    assert [each.state for each in conflicts()] == [ConflictState.CLOSED]
    assert broken_of_deals() == []


def test_a_qualifier_names_what_it_is_in_conflict_with(two: tuple[User, User]) -> None:
    first = sales.referral(two[0], **ACME)
    second = sales.referral(two[1], NOON + HOUR, company="Kallwitz Maschinenbau", website="km-werke.example")
    quentin, refs = sales.detached(make.staff()), (first.ref, second.ref)
    with pytest.raises(Refused, match="does not look like"):
        actions.enter(quentin, second, ref="R-222222", seen_version=second.version, now=NOON + DAY)
    db.session.rollback()
    first, second = (sales.again(ref) for ref in refs)
    with pytest.raises(Refused, match="stands against"):
        actions.enter(quentin, first, ref=second.ref, seen_version=first.version, now=NOON + DAY)
    actions.enter(quentin, second, ref=first.ref, seen_version=second.version, now=NOON + DAY)
    db.session.commit()
    assert second.status is Status.CONFLICT
    assert conflicts()[0].entered_by_id == quentin.id
    assert broken_of_deals() == []


def test_whoever_entered_it_for_the_partner_decides_nothing(two: tuple[User, User]) -> None:
    _, second = contested(two)
    quentin = make.staff()
    second.entered_by_id = quentin.id
    decided: tuple[tuple[Callable[..., None], dict[str, Any]], ...] = (
        (actions.uphold, {}),
        (actions.set_aside, {"because": "Another subsidiary."}),
        (actions.split, {"because": "Both helped.", "divided": {}}),
    )
    for decide, given in decided:
        with db.session.no_autoflush, pytest.raises(Refused, match="another qualifier decides"):
            decide(quentin, second, seen_version=second.version, now=NOON, **given)


@pytest.mark.parametrize("change", [{"rule_number": 9}, {"claim_at": NOON}, {"holder_id": None}, None])
def test_what_was_ruled_is_frozen_by_the_database(two: tuple[User, User], change: dict[str, Any] | None) -> None:
    contested(two)
    wrong = sa.delete(Conflict) if change is None else sa.update(Conflict).values(change)
    with pytest.raises(sa.exc.DBAPIError):
        db.session.execute(all_partners(wrong, "a test"))
    db.session.rollback()


def test_one_referral_has_one_open_conflict(two: tuple[User, User]) -> None:
    contested(two)
    (there,) = conflicts()
    columns = {name: getattr(there, name) for name in NAMES}
    db.session.add(Conflict(**columns))
    with pytest.raises(sa.exc.IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_a_conflict_ends_once() -> None:
    assert_only(check_move, ConflictState, "open > upheld set_aside split lapsed closed")
