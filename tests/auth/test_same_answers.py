"""Whether somebody has an account cannot be told: not from the text, not from the status, not from the time.

What is compared is the processor time of this thread, so that a busy machine blurs both sides and sways neither."""

import gc
import io
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from math import sqrt
from statistics import fmean, variance
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import settings
from itsdangerous import URLSafeTimedSerializer

from portal import clock, database
from portal.auth import links, throttles
from portal.auth.models import User
from portal.auth.passwords import hash_password
from portal.auth.rules import LinkPurpose
from portal.auth.sessions import open_session
from portal.extensions import db
from portal.idempotency import FIELD, new_key
from tests.support import make

TRIES = 2_000
QUICK_S = {"sign-in": 9.0, "link": 4.0, "renewal": 3.0, "invitation": 3.0}
"""How long each may take in the usual run; `make fuzz` makes all of the tries."""
QUICK_EXAMPLES = 1_000
"""Where the profile of Hypothesis makes more, the run is the long one."""
AT_LEAST = 100
CROPPED = 0.95
"""The slowest of both sides together are left out: an interrupt says nothing of the program."""
MOST_T = 4.5
CHEAP = {"time_cost": 1, "memory_cost": 1024, "parallelism": 1}
on_sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@dataclass
class Side:
    """One of the two that must not be told apart: what is sent, try by try, and what came of it."""

    sent: Iterator[tuple[str, dict[str, str]]]
    ms: list[float] = field(default_factory=list)
    answers: set[tuple[str, int]] = field(default_factory=set)


@dataclass
class Browser:
    """Posts without a test client's own work around it."""

    app: Flask
    user: User | None = None

    def __post_init__(self) -> None:
        kept = {"csrf_token": "raw"}
        if self.user is not None:
            kept["_user_id"] = open_session(self.user, clock.now())
            db.session.commit()
        signing: Any = self.app.session_interface
        self.cookie = f"{self.app.config['SESSION_COOKIE_NAME']}={signing.get_signing_serializer(self.app).dumps(kept)}"
        self.token = URLSafeTimedSerializer(self.app.config["SECRET_KEY"], salt="wtf-csrf-token").dumps("raw")

    def post(self, path: str, data: dict[str, str]) -> tuple[float, str, int]:
        """Milliseconds of processor time, the status, and how long the answer is."""
        body = urlencode(data | {"csrf_token": self.token, FIELD: new_key()}).encode()
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "HTTP_HOST": "localhost",
            "REMOTE_ADDR": "203.0.113.7",
            "HTTP_COOKIE": self.cookie,
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http",
        }
        said: list[str] = []

        def begin(status: str, *_: Any) -> Callable[[bytes], object]:
            said.append(status)
            return lambda _: None

        started = time.thread_time_ns()
        answer = b"".join(self.app.wsgi_app(environ, begin))
        return (time.thread_time_ns() - started) / 1e6, said[0], len(answer)


def welch(one: list[float], other: list[float]) -> float:
    return (fmean(one) - fmean(other)) / sqrt(variance(one) / len(one) + variance(other) / len(other))


def difference(browser: Browser, sides: tuple[Side, Side], seconds: float | None) -> float:
    """Welch's t between the two, tried in turns in a random order, as many times as there is time for."""
    until = time.monotonic() + (seconds or 3600)
    gc.collect()
    gc.disable()
    try:
        for n in range(-5, TRIES):
            for side in random.sample(sides, 2):
                ms, status, length = browser.post(*next(side.sent))
                side.answers.add((status, length))
                if n >= 0:
                    side.ms.append(ms)
            if n > AT_LEAST and time.monotonic() > until:
                break
    finally:
        gc.enable()
    most = sorted(sides[0].ms + sides[1].ms)[int(CROPPED * 2 * len(sides[0].ms))]
    one, other = ([ms for ms in side.ms if ms <= most] for side in sides)
    return welch(one, other)


def told_apart(app: Flask, kind: str, seconds: float | None) -> float:
    browser, sides = KINDS[kind](app)
    db.session.remove()
    t = difference(browser, sides, seconds)
    assert sides[0].answers == sides[1].answers
    assert len(sides[0].answers) == 1
    return abs(t)


def signing_in(app: Flask) -> tuple[Browser, tuple[Side, Side]]:
    """Somebody, nobody; addresses of the same length, and a password that is nobody's."""
    make.program()
    somebody = make.partner_user(email="somebody@lane.example", has_password=True)
    return Browser(app), tuple_of(
        _again("/login", email=somebody.email, password="not this one, no"),
        _again("/login", email="noperson@lane.example", password="not this one, no"),
    )


def asking_for_a_link(app: Flask) -> tuple[Browser, tuple[Side, Side]]:
    make.program()
    somebody = make.partner_user(email="somebody@lane.example", has_password=True)
    return Browser(app), tuple_of(
        _again("/password-reset", email=somebody.email), _again("/password-reset", email="noperson@lane.example")
    )


def renewing(app: Flask) -> tuple[Browser, tuple[Side, Side]]:
    """An invitation that has expired, and one that was taken back."""
    make.program()
    paths = []
    for revoked_at in (None, make.NOON):
        user = make.partner_user(invitation_revoked_at=revoked_at)
        link = links.new(None, user, LinkPurpose.INVITATION, clock.now() - timedelta(days=8))
        paths.append(f"{links.path_of(link)}/renewal")
    db.session.commit()
    return Browser(app), tuple_of(*(_again(path) for path in paths))


def inviting(app: Flask) -> tuple[Browser, tuple[Side, Side]]:
    """A lead invites at addresses that nobody has, and at ones of another company's people."""
    make.program()
    lead, other = make.partner_user(), make.partner()
    db.session.add_all(_person(n, other.id) for n in range(TRIES + 5))
    db.session.commit()
    return Browser(app, lead), tuple_of(_invite("noperson"), _invite("somebody"))


def tuple_of(one: Iterator[Any], other: Iterator[Any]) -> tuple[Side, Side]:
    return Side(one), Side(other)


def _again(path: str, **data: str) -> Iterator[tuple[str, dict[str, str]]]:
    while True:
        yield path, data


def _invite(name: str) -> Iterator[tuple[str, dict[str, str]]]:
    for n in range(TRIES + 5):
        yield "/team/invitation", {"name": f"{n:06}", "email": f"{name}{n:06}@lane.example", "roles": "partner_member"}


def _person(n: int, partner_id: int) -> User:
    address = f"somebody{n:06}@lane.example"
    return User(ref=f"U-{n:08}", partner_id=partner_id, email=address, name="", created_at=make.NOON)


KINDS: dict[str, Callable[[Flask], tuple[Browser, tuple[Side, Side]]]] = {
    "sign-in": signing_in,
    "link": asking_for_a_link,
    "renewal": renewing,
    "invitation": inviting,
}


@pytest.fixture(autouse=True)
def _thousands_of_tries(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap hashes, which take as long for somebody as for nobody all the same; and no pause."""
    monkeypatch.setitem(app.config, "ARGON2", CHEAP)
    monkeypatch.setitem(database.PRAGMAS, "synchronous", 0)  # the disk's time is nobody's, but it is somebody's wait
    db.engine.dispose()
    monkeypatch.setattr(make, "_hash", lambda: hash_password(make.PASSWORD))
    for limit in (
        "TRIES_PER_ACCOUNT",
        "TRIES_PER_ADDRESS",
        "TRIES_IN_ALL",
        "RESETS_PER_ACCOUNT",
        "RESENT_PER_ADDRESS",
        "INVITATIONS_PER_LEAD",
    ):
        monkeypatch.setattr(throttles, limit, 10**9)


@pytest.mark.fuzz
@on_sqlite
@pytest.mark.parametrize("kind", KINDS)
def test_somebody_is_answered_like_nobody(app: Flask, kind: str) -> None:
    is_long = settings().max_examples > QUICK_EXAMPLES
    assert told_apart(app, kind, None if is_long else QUICK_S[kind]) < MOST_T


@on_sqlite
def test_a_leak_is_found(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the hash for nobody, the same measurement says so."""
    right = "portal.auth.views.is_right"
    monkeypatch.setattr(right, lambda password, stored: stored is not None and hash_password(password) == stored)
    monkeypatch.setattr("tests.auth.test_same_answers.AT_LEAST", 400)
    assert told_apart(app, "sign-in", 0.1) > MOST_T


def test_a_time_that_differs_is_told_by_the_figure() -> None:
    chance = random.Random(7)  # noqa: S311
    same = [[chance.gauss(4, 0.4) for _ in range(TRIES)] for _ in range(2)]
    later = [ms + 0.1 for ms in same[0]]
    assert abs(welch(same[0], same[1])) < MOST_T < abs(welch(later, same[1]))
