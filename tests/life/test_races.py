"""Two who act on one claim in the same moment, on both databases: one counts, the other is told.

Each race runs once more with the bug planted that it is there for, and has to find it."""

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm.exc import StaleDataError

from portal.appeals import actions as appeals
from portal.appeals import queries as appeal_queries
from portal.appeals import rules as appeal_rules
from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.auth.rules import Role
from portal.errors import Overtaken, Refused
from portal.extensions import db
from portal.protections import extending
from portal.protections import rules as protection_rules
from portal.protections.queries import extension_of
from portal.referrals import actions, queries, rules
from portal.sla import rules as clock_rules
from tests.support import claims, make, sales
from tests.support.claims import DAY
from tests.support.make import NOON
from tests.support.proof import broken_of_deals
from tests.support.threads import at_once, rounds

pytestmark = pytest.mark.fuzz
LATE = NOON + 70 * DAY
TOLD = (Overtaken, StaleDataError, Refused)


@pytest.fixture
def people(app: Flask) -> SimpleNamespace:
    sales.program()
    make.staff(Role.SALES_OWNER)
    two = [sales.detached(make.staff(Role.QUALIFIER)) for _ in range(2)]
    pia = sales.detached(make.staff(Role.PARTNER_MANAGER))
    return SimpleNamespace(two=two, pia=pia, lead=sales.detached(sales.lead()))


def held(by: User, ref: str) -> Any:
    return queries.to_change(by, ref, Permission.SUBMIT_REFERRALS if by.partner_id else Permission.DECIDE_REFERRALS)


def qualify(by: User, ref: str) -> None:
    actions.qualify(by, held(by, ref), seen_version=1, now=NOON)
    db.session.commit()


def withdraw(by: User, ref: str) -> None:
    actions.withdraw(by, held(by, ref), seen_version=1, now=NOON)
    db.session.commit()


def decide(by: User, ref: str, act: Callable[..., None], seen: int) -> None:
    act(by, held(by, ref), seen_version=seen, now=LATE, reason="So it is.")
    db.session.commit()


def answer(by: User, ref: str, act: Callable[..., None]) -> None:
    made, sent = appeal_queries.to_decide(ref)
    act(by, made, sent, seen_version=1, now=NOON + DAY, reason="So it is.")
    db.session.commit()


def two_qualifiers(app: Flask, people: SimpleNamespace) -> list[Exception]:
    ref = sales.referral(people.lead).ref
    return at_once(app, *(partial(qualify, by, ref) for by in people.two))


def qualify_against_withdraw(app: Flask, people: SimpleNamespace) -> list[Exception]:
    ref = sales.referral(people.lead).ref
    return at_once(app, partial(qualify, people.two[0], ref), partial(withdraw, people.lead, ref))


def grant_against_refuse(app: Flask, people: SimpleNamespace) -> list[Exception]:
    sent = claims.qualified(people.lead, people.two[0])
    extending.ask(people.lead, sent, now=LATE, happened="We met.", meets_on=None)
    db.session.commit()
    acts = (extending.grant, extending.refuse)
    return at_once(app, *(partial(decide, by, sent.ref, act, 1) for by, act in zip(people.two, acts, strict=True)))


def uphold_against_reject(app: Flask, people: SimpleNamespace) -> list[Exception]:
    made = claims.appealed(people.lead, claims.declined(people.lead, people.two[0])).ref
    other = partial(answer, people.pia, made, appeals.reject)
    return at_once(app, partial(answer, people.two[1], made, appeals.uphold), other)


RACES: dict[str, Callable[[Flask, SimpleNamespace], list[Exception]]] = {
    "two qualifiers": two_qualifiers,
    "qualify against withdraw": qualify_against_withdraw,
    "grant against refuse": grant_against_refuse,
    "uphold against reject": uphold_against_reject,
}


@pytest.mark.parametrize("race", RACES)
def test_one_counts_and_the_other_is_told(app: Flask, people: SimpleNamespace, race: str) -> None:
    for _ in range(rounds()):
        raised = RACES[race](app, people)
        assert len(raised) == 1, raised
        assert isinstance(raised[0], TOLD), raised
    assert broken_of_deals() == []


@pytest.mark.parametrize("race", RACES)
def test_the_race_finds_the_bug_that_it_is_there_for(
    app: Flask, people: SimpleNamespace, race: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody looks at the version that was seen, nor at the state moved from."""
    anything: Callable[..., None] = lambda *_, **__: None  # noqa: E731
    checked = actions.move

    def unseen(referral: Any, then: Any, event: Any, **given: Any) -> None:
        checked(referral, then, event, **given | {"seen_version": referral.version})

    monkeypatch.setattr(actions, "move", unseen)
    monkeypatch.setattr(rules, "check_move", anything)
    monkeypatch.setattr(clock_rules, "check_move", anything)
    monkeypatch.setattr(protection_rules, "check_move", anything)
    monkeypatch.setattr(protection_rules, "check_extension_move", anything)
    monkeypatch.setattr(extending, "_decides", _whoever)
    monkeypatch.setattr(appeals, "_check_turn", anything)
    monkeypatch.setattr(appeal_rules, "check_move", anything)
    found = [RACES[race](app, people) for _ in range(3)]
    assert any(len(raised) != 1 or not isinstance(raised[0], TOLD) for raised in found)


def _whoever(by: User, referral: Any, seen: int, now: Any) -> Any:
    asked = extension_of(referral.partner_id, referral.id)
    return asked, queries.protection_of(referral.partner_id, referral.id), 0 * DAY
