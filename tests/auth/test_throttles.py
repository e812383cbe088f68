"""Whoever tries too often waits; nobody is kept out for good."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.auth import throttles
from portal.auth.models import Throttle
from portal.auth.rules import (
    INVITATIONS_PER_LEAD,
    MOMENT,
    RESENT_PER_ADDRESS,
    RESETS_PER_ACCOUNT,
    THROTTLE_WINDOW,
    TRIES_IN_ALL,
    TRIES_PER_ACCOUNT,
    TRIES_PER_ADDRESS,
)
from portal.errors import TooManyTries
from portal.extensions import db
from tests.support import make
from tests.support.client import Client, client_of
from tests.support.make import NOON, PASSWORD

NET = "203.0.113.7"
WRONG = "no, not this one"
Count = Callable[[int, datetime], Any]
# What is counted, by its n-th try; how many there may be, and in how long.
KINDS: dict[str, tuple[Count, int, timedelta]] = {
    "sign-in, one account": (
        lambda n, now: throttles.count_sign_in("ana@lane.example", f"203.0.113.{n}", now),
        TRIES_PER_ACCOUNT,
        THROTTLE_WINDOW,
    ),
    "sign-in, one account and a browser it knows": (
        lambda n, now: throttles.count_sign_in("ana@lane.example", NET, now, device="d" * 64),
        TRIES_PER_ACCOUNT,
        THROTTLE_WINDOW,
    ),
    "sign-in, one network": (
        lambda n, now: throttles.count_sign_in(f"user{n}@lane.example", NET, now),
        TRIES_PER_ADDRESS,
        THROTTLE_WINDOW,
    ),
    "sign-in, from everywhere": (
        lambda n, now: throttles.count_sign_in(f"user{n}@lane.example", f"203.0.113.{n}", now),
        TRIES_IN_ALL,
        MOMENT,
    ),
    "a proof or a second factor": (
        lambda n, now: throttles.count_proof(7, f"203.0.113.{n}", now),
        TRIES_PER_ACCOUNT,
        THROTTLE_WINDOW,
    ),
    "a link, one network": (
        lambda n, now: throttles.count_reset(f"user{n}@lane.example", NET, now),
        TRIES_PER_ADDRESS,
        THROTTLE_WINDOW,
    ),
    "a mail sent again": (
        lambda n, now: throttles.count_resent("ana@lane.example", now),
        RESENT_PER_ADDRESS,
        THROTTLE_WINDOW,
    ),
    "invitations by a lead": (
        lambda n, now: throttles.count_invitation(7, now),
        INVITATIONS_PER_LEAD,
        THROTTLE_WINDOW,
    ),
}
every_kind = pytest.mark.parametrize("kind", KINDS)


@every_kind
def test_after_so_many_tries_there_is_a_pause_that_ends(app: Flask, kind: str) -> None:
    count, limit, window = KINDS[kind]
    for n in range(limit):
        count(n, NOON)
    for again in range(3):
        with pytest.raises(
            TooManyTries, match=r"^That was tried too often\. Try again in \d+ (minutes|seconds)\.$"
        ) as pause:
            count(limit + again, NOON)
    assert NOON < pause.value.until <= NOON + window
    count(limit, pause.value.until)


@every_kind
def test_trying_on_and_on_makes_the_pause_no_longer(app: Flask, kind: str) -> None:
    count, limit, window = KINDS[kind]
    for n in range(limit):
        count(n, NOON)
    untils = set()
    for later in (0.0, 0.3, 0.6, 0.9):
        with pytest.raises(TooManyTries) as pause:
            count(limit, NOON + window * later)
        untils.add(pause.value.until)
    assert untils == {NOON + window}


def test_the_right_password_works_again_after_the_pause(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    user = make.partner_user(has_password=True)
    answers = [_try(client, user.email, WRONG).status_code for _ in range(TRIES_PER_ACCOUNT + 3)]
    assert answers == [422] * TRIES_PER_ACCOUNT + [429] * 3
    assert _try(client, user.email, PASSWORD).status_code == 429
    _let_the_windows_pass()
    assert _try(client, user.email, PASSWORD).status_code == 303


def test_a_pause_is_said_in_a_sentence_and_in_the_language_of_browsers(client: Client) -> None:
    for _ in range(TRIES_PER_ACCOUNT):
        _try(client, "ana@lane.example", WRONG)
    page = _try(client, "ana@lane.example", WRONG)
    assert page.status_code == 429
    assert 0 < int(page.headers["Retry-After"]) <= 900
    assert "That was tried too often. Try again in " in page.text


def test_nobody_keeps_somebody_out_of_a_browser_that_they_use(client: Client) -> None:
    make.program()
    user, stranger = make.partner_user(has_password=True), client_of(client.application)
    assert _try(client, user.email, PASSWORD).status_code == 303
    client.post("/logout")
    for _ in range(TRIES_PER_ACCOUNT + 1):
        code = _try(stranger, user.email, WRONG).status_code
    assert code == 429
    assert _try(client, user.email, PASSWORD).status_code == 303


def test_a_known_browser_has_no_more_tries_than_any(client: Client) -> None:
    make.program()
    user = make.partner_user(has_password=True)
    _try(client, user.email, PASSWORD)
    client.post("/logout")
    codes = [_try(client, user.email, WRONG).status_code for _ in range(TRIES_PER_ACCOUNT + 1)]
    assert codes == [422] * TRIES_PER_ACCOUNT + [429]


def test_a_browser_known_to_one_account_is_strange_to_another(client: Client) -> None:
    make.program()
    mine, other, stranger = make.partner_user(has_password=True), make.partner_user(), client_of(client.application)
    _try(client, mine.email, PASSWORD)
    client.post("/logout")
    for _ in range(TRIES_PER_ACCOUNT):
        _try(stranger, other.email, WRONG)
    assert _try(client, other.email, WRONG).status_code == 429


def test_whoever_has_the_right_password_does_not_count_for_their_network(app: Flask) -> None:
    for n in range(TRIES_PER_ADDRESS * 3):
        throttles.count_sign_in(f"user{n}@lane.example", NET, NOON)
        throttles.forgive_sign_in(f"user{n}@lane.example", NET, NOON)
        throttles.count_proof(n, NET, NOON)
        throttles.forgive_proof(n, NET, NOON)


def test_a_link_is_asked_for_as_often_as_one_likes_and_sent_a_few_times(app: Flask) -> None:
    sent = [throttles.count_reset("ana@lane.example", f"203.0.113.{n}", NOON) for n in range(20)]
    assert sent == [True] * RESETS_PER_ACCOUNT + [False] * (20 - RESETS_PER_ACCOUNT)


def test_a_wrong_password_before_a_change_is_counted_whatever_comes_of_it(client: Client) -> None:
    make.program()
    user = make.partner_user(has_password=True)
    answers = {"current": WRONG, "password": "quite another sentence"}
    client.as_(user)
    codes = [client.post("/account/password", data=answers).status_code for _ in range(TRIES_PER_ACCOUNT + 1)]
    assert codes == [422] * TRIES_PER_ACCOUNT + [429]
    assert client.post("/account/password", data=answers | {"current": PASSWORD}).status_code == 429
    _let_the_windows_pass()
    key = {"idempotency_key": "k" * 32}
    assert client.post("/account/password", data=answers | key).status_code == 422
    assert client.post("/account/password", data=answers | key | {"current": PASSWORD}).status_code == 303


def test_what_was_counted_is_a_digest_and_is_forgotten(app: Flask) -> None:
    throttles.count_sign_in("ana@lane.example", NET, NOON)
    keys = set(db.session.scalars(sa.select(Throttle.key)))
    assert len(keys) == 3
    assert not any("ana" in key or NET in key for key in keys)
    throttles.count_sign_in("ben@lane.example", NET, NOON + 2 * THROTTLE_WINDOW)
    assert not keys & set(db.session.scalars(sa.select(Throttle.key).where(Throttle.window_start <= NOON)))


def _try(client: Client, email: str, password: str) -> Any:
    return client.post("/login", data={"email": email, "password": password})


def _let_the_windows_pass() -> None:
    """As if they had begun so much earlier."""
    rows = db.session.execute(sa.select(Throttle.key, Throttle.window_start)).all()
    for key, begun in rows:
        this = sa.update(Throttle).where(Throttle.key == key, Throttle.window_start == begun)
        db.session.execute(this.values(window_start=begun - THROTTLE_WINDOW))
    db.session.commit()
