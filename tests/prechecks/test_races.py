"""A hold against a submission of the same company, both at once: one was first, and both know it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.auth.models import User
from portal.errors import Refused
from portal.extensions import db
from portal.lookalikes import actions as lookalikes
from portal.lookalikes.models import LookalikeFinding, SoftHold
from portal.prechecks import actions
from portal.prechecks.models import CompanyCheck
from portal.prechecks.rules import Answer
from portal.referrals import actions as referrals
from portal.referrals.introduction import Introduction
from portal.scope import all_partners
from tests.support import make, sales
from tests.support.make import NOON
from tests.support.threads import MOST_ROUNDS, at_once, rounds

pytestmark = pytest.mark.fuzz
DAY = timedelta(days=1)


def _hold(by: User, ref: str, now: datetime) -> None:
    made = db.session.scalars(all_partners(sa.select(CompanyCheck).where(CompanyCheck.ref == ref), "a test")).one()
    actions.hold(by, made, now=now)
    db.session.commit()


def _submit(by: User, answers: Introduction, now: datetime) -> None:
    referrals.submit(by, now=now, answers=answers)
    db.session.commit()


@pytest.fixture
def two(app: Flask) -> tuple[User, User]:
    sales.program()
    return sales.detached(sales.lead()), sales.detached(sales.lead())


def unaware(app: Flask, two: tuple[User, User], most: int) -> Iterator[bool]:
    """Of each round, whether the company was held and the referral does not know that it was."""
    holder, introducer = two
    for number in range(most):
        now, name = NOON + number * 2 * DAY, f"Kallwitz{make.number()}"
        ref = actions.check(holder, f"{name} Maschinenbau", now=now).ref
        db.session.commit()
        answers = sales.introduction(company=f"{name}-Maschinenbau GmbH", website=f"{name}.example".lower())
        raised = at_once(app, partial(_hold, holder, ref, now), partial(_submit, introducer, answers, now))
        assert all(isinstance(each, Refused) for each in raised), raised
        holds = db.session.scalars(all_partners(sa.select(SoftHold.ref).where(SoftHold.starts_at == now), "a test"))
        known = set(db.session.scalars(sa.select(LookalikeFinding.other_ref)))
        is_unaware = not set(holds) <= known
        db.session.rollback()
        yield is_unaware


def test_of_a_hold_and_a_submission_one_was_first(app: Flask, two: tuple[User, User]) -> None:
    assert not any(unaware(app, two, rounds()))


def test_a_hold_that_trusts_an_earlier_answer_is_caught(
    app: Flask, two: tuple[User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted bug: whether the company is free was asked before, and is not asked again."""
    monkeypatch.setattr(actions, "_answer", lambda *_: Answer.FREE)
    assert any(unaware(app, two, MOST_ROUNDS))


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_a_hold_that_waits_for_nobody_is_caught(
    app: Flask, two: tuple[User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted bug: each looks before the other has committed. SQLite has one writer at a time, whatever we do."""
    nobody: Callable[..., None] = lambda _: None  # noqa: E731
    monkeypatch.setattr(lookalikes, "take_turn", nobody)
    assert any(unaware(app, two, MOST_ROUNDS))
