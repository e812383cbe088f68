"""Two partners with one company at once, in different spelling: exactly one claim stands, the other is in conflict."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.auth.models import User
from portal.conflicts import rules
from portal.extensions import db
from portal.lookalikes import actions as lookalikes
from portal.referrals import actions as referrals
from portal.referrals.introduction import Introduction
from portal.referrals.models import Referral
from portal.referrals.rules import Status
from portal.scope import all_partners
from tests.support import make, sales
from tests.support.make import NOON
from tests.support.threads import MOST_ROUNDS, at_once, rounds

pytestmark = pytest.mark.fuzz
DAY = timedelta(days=1)


def _submit(by: User, answers: Introduction, now: datetime) -> None:
    referrals.submit(by, now=now, answers=answers)
    db.session.commit()


@pytest.fixture
def two(app: Flask) -> tuple[User, User]:
    sales.program()
    return sales.detached(sales.lead()), sales.detached(sales.lead())


def undecided(app: Flask, two: tuple[User, User], most: int) -> Iterator[bool]:
    """Of each round, whether not exactly one of the two claims stands."""
    for number in range(most):
        now, name = NOON + number * DAY, f"Kallwitz{make.number()}"
        spelt = (
            sales.introduction(company=f"{name} Maschinenbau GmbH", website=f"{name}.example".lower()),
            sales.introduction(company=f"{name}-Maschinenbau", website=f"{name}.test".lower()),
        )
        deeds = [partial(_submit, by, answers, now) for by, answers in zip(two, spelt, strict=True)]
        assert at_once(app, *deeds) == []
        came = sa.select(Referral.status).where(Referral.received_at == now)
        found = Counter(db.session.scalars(all_partners(came, "a test")))
        db.session.rollback()
        yield found != {Status.SUBMITTED: 1, Status.CONFLICT: 1}


def test_of_two_partners_with_one_company_exactly_one_stands(app: Flask, two: tuple[User, User]) -> None:
    assert not any(undecided(app, two, rounds()))


def test_a_look_that_takes_another_spelling_for_another_company_is_caught(
    app: Flask, two: tuple[User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted bug: only the very same domain is the same company."""
    monkeypatch.setattr(rules, "SURE", 100)
    assert list(undecided(app, two, 3)) == [True] * 3


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_a_submission_that_waits_for_nobody_is_caught(
    app: Flask, two: tuple[User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted bug: each looks before the other has committed. SQLite has one writer at a time, whatever we do."""
    nobody: Callable[..., None] = lambda _: None  # noqa: E731
    monkeypatch.setattr(lookalikes, "take_turn", nobody)
    assert any(undecided(app, two, MOST_ROUNDS))
