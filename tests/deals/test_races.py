"""Two people in the same moment, time and again, on both databases: one of them counts, the other is told.

Each race is run once more with the bug planted that it is there for, and has to find it."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm.exc import StaleDataError

from portal.activity.models import EventRow
from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals import actions, queries
from portal.deals.rules import Channel, Stage
from portal.errors import Overtaken, Refused
from portal.extensions import db
from portal.scope import all_partners
from tests.support import make, sales
from tests.support.make import NOON
from tests.support.proof import broken_of_deals
from tests.support.threads import at_once, rounds

pytestmark = pytest.mark.fuzz
TOLD = (Overtaken, StaleDataError)


@pytest.fixture
def sam(app: Flask) -> User:
    sales.program()
    return sales.detached(make.staff(Role.SALES_OWNER, name="Sam Ortega"))


def entered(by: User) -> str:
    given: dict[str, Any] = {"channel": Channel.INBOUND, "currency": "EUR", "website": "", "expected_minor": 100}
    made = actions.enter(by, now=NOON, company="Nordlys", **given)
    db.session.commit()
    return made.ref


def move(by: User, ref: str, then: Stage, seen: int) -> None:
    actions.move(by, queries.to_change(by, ref), then, seen_version=seen, now=NOON)
    db.session.commit()


def undo(by: User, ref: str, seen: int) -> None:
    actions.undo(by, queries.to_change(by, ref), seen_version=seen, now=NOON)
    db.session.commit()


def told(ref: str) -> list[str]:
    kinds = sa.select(EventRow.kind).where(EventRow.ref == ref).order_by(EventRow.seq)
    return list(db.session.scalars(all_partners(kinds, "a test")))


def two_movers(app: Flask, sam: User) -> list[str]:
    """Both saw the deal at its beginning, and each moves it elsewhere. What is wrong afterwards."""
    ref = entered(sam)
    raised = at_once(app, *(partial(move, sam, ref, then, 1) for then in (Stage.CONTACTED, Stage.MEETING)))
    deal = sales.again_deal(ref)
    is_fair = len(raised) == 1 and isinstance(raised[0], TOLD)
    is_once = deal.version == 2 and told(ref) == ["DealOpened", "DealMoved"]
    return [] if is_fair and is_once else [f"{ref}: {raised}, version {deal.version}, {told(ref)}"]


def undo_and_move(app: Flask, sam: User) -> list[str]:
    """One takes the move back while another, who saw the same deal, moves it on."""
    ref = entered(sam)
    move(sam, ref, Stage.CONTACTED, 1)
    raised = at_once(app, partial(undo, sam, ref, 2), partial(move, sam, ref, Stage.MEETING, 2))
    deal = sales.again_deal(ref)
    last = told(ref)[-1]
    fits = {"DealMoveUndone": Stage.NEW, "DealMoved": Stage.MEETING}[last] is deal.stage
    is_fair = len(raised) == 1 and isinstance(raised[0], (*TOLD, Refused))
    return [] if is_fair and fits and len(told(ref)) == 3 else [f"{ref}: {raised}, {deal.stage}, {told(ref)}"]


RACES: dict[str, Callable[[Flask, User], list[str]]] = {
    "two owners move": two_movers,
    "undo against a move": undo_and_move,
}


@pytest.mark.parametrize("race", RACES)
def test_one_counts_and_the_other_is_told(app: Flask, sam: User, race: str) -> None:
    wrong = [each for _ in range(rounds()) for each in RACES[race](app, sam)]
    assert wrong == []
    assert broken_of_deals() == []


@pytest.mark.parametrize("race", RACES)
def test_the_race_finds_the_bug_that_it_is_there_for(
    app: Flask, sam: User, race: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody looks at the version that was seen."""
    monkeypatch.setattr(actions, "check_turn", lambda by, deal, seen: None)
    assert [each for _ in range(3) for each in RACES[race](app, sam)]
