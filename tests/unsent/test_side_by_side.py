"""What several people typed in several browsers, side by side: each finds their own, and loses no other's."""

from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.auth.models import User
from portal.auth.sessions import open_session
from portal.extensions import db
from portal.unsent import actions, jobs, queries
from portal.unsent.models import UnsentForm
from portal.unsent.rules import KEPT_FOR, MOST, Typed
from tests.support import make
from tests.support.make import NOON

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture
def two(app: Flask) -> tuple[User, User]:
    make.program()
    return make.partner_user(), make.staff()


def keep(user: User, browser: str, says: str, at: datetime = NOON) -> str:
    return actions.keep(user.id, browser, Typed("/a", "/a", (("name", says),)), now=at)


def refs() -> set[str]:
    return set(db.session.scalars(sa.select(UnsentForm.ref)))


def test_a_session_that_ended_was_its_own_persons(two: tuple[User, User]) -> None:
    tokens = [open_session(user, NOON) for user in two]
    assert [queries.whose(token) for token in (*tokens, "no session")] == [two[0].id, two[1].id, None]


def test_each_finds_and_sends_what_they_typed_in_this_browser(two: tuple[User, User]) -> None:
    kept = {(user.id, browser): keep(user, browser, f"{user.id}{browser}") for browser in "bc" for user in two}
    for (user_id, browser), ref in kept.items():
        assert queries.newest(user_id, browser, NOON) == ref
        for other in kept.values():
            found = queries.typed(user_id, browser, other, NOON)
            assert (found and found.pairs[0][1]) == (f"{user_id}{browser}" if other == ref else None)
    mine, ref = next(iter(kept.items()))
    for user_id, browser in kept.keys() - {mine}:
        actions.forget(user_id, browser, ref)
    assert refs() == set(kept.values())
    actions.forget(*mine, ref)
    assert refs() == set(kept.values()) - {ref}


def test_one_who_types_a_lot_pushes_out_their_own_only(two: tuple[User, User]) -> None:
    theirs = keep(two[1], "b", "theirs")
    mine = [keep(two[0], browser, "mine") for browser in ("b", "c") * MOST]
    assert refs() == {theirs, *mine[-MOST:]}


def test_what_is_not_a_day_old_stays(two: tuple[User, User]) -> None:
    old, young = keep(two[0], "b", "old"), keep(two[1], "b", "young", NOON + KEPT_FOR / 2)
    db.session.commit()
    now = NOON + 1.25 * KEPT_FOR
    assert queries.typed(two[0].id, "b", old, now) is None
    assert queries.newest(two[0].id, "b", now) is None
    for form_id, number in jobs.due(now, 9):
        jobs.attempt(form_id, number, now)
    assert refs() == {young}
