"""Two referrals qualified at once, by one rule with two people: each gets one, in every round."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from flask import Flask

from portal.auth.models import User
from portal.auth.rules import Role
from portal.extensions import db
from portal.referrals import actions as referrals
from portal.routing import actions, queries
from portal.routing.rules import Conditions
from tests.support import make, sales
from tests.support.make import NOON
from tests.support.threads import MOST_ROUNDS, at_once, rounds

pytestmark = pytest.mark.fuzz


def _qualify(by: User, ref: str) -> None:
    sent = sales.again(ref)
    referrals.qualify(by, sent, seen_version=sent.version, now=NOON)
    db.session.commit()


def uneven(app: Flask, most: int) -> Iterator[bool]:
    """Of each round, whether both deals went to the same person."""
    sales.program()
    members = {make.staff(Role.SALES_OWNER).id: 1 for _ in range(2)}
    actions.add_rule(make.staff(Role.PROGRAM_ADMIN), now=NOON, conditions=Conditions(), members=members)
    db.session.commit()
    lead, qualifier = sales.lead(), sales.detached(make.staff())
    for _ in range(most):
        refs = [sales.referral(lead).ref for _ in range(2)]
        db.session.rollback()
        raised: list[Any] = list(at_once(app, *(partial(_qualify, qualifier, ref) for ref in refs)))
        assert raised == [], raised
        owners = {sales.deal_of(sales.again(ref)).owner_id for ref in refs}
        yield len(owners) == 1


def test_the_turn_goes_around_whoever_decides_at_once(app: Flask) -> None:
    assert not any(uneven(app, rounds()))


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_a_turn_that_is_taken_without_waiting_is_caught(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: nobody waits for whoever takes a turn at the same time."""
    monkeypatch.setattr(queries, "hold_rules", lambda: None)
    assert any(uneven(app, MOST_ROUNDS))
