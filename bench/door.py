"""What getting in costs, and what the checks of access add to a page."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from types import SimpleNamespace

from flask import Flask
from flask_login import login_user

from bench.cases import STAFF
from bench.measuring import Pace, Side
from bench.servers import Server
from bench.visitor import Answer, Person, Visitor, anonymous, person_called
from portal.auth.passwords import hash_password, is_right
from portal.auth.permissions import Permission, Reach, requires
from portal.scope import OPTION, refuse_unscoped
from portal.seeds.cast import PASSWORD

HASHES = 15
LOOPS = 2_000
STATEMENT = "SELECT referrals.id, referrals.ref, referrals.company FROM referrals WHERE referrals.partner_id = ?"


@dataclass(frozen=True)
class Door:
    """Milliseconds of processor time."""

    sign_in_ms: float
    argon2_ms: float
    guard_ms: float
    """A permission asked for, as once on every page."""
    scope_ms: float
    """A statement looked at, as before each one is run."""

    @property
    def beyond_hash_ms(self) -> float:
        return self.sign_in_ms - self.argon2_ms

    def access_ms(self, queries: int) -> float:
        return self.guard_ms + queries * self.scope_ms


def measure_door(app: Flask, portal: Server, database_pids: Callable[[], set[int]], pace: Pace) -> Door:
    browser = _used_before(portal, anonymous(app))
    side = Side(portal, database_pids, lambda visitor: _sign_in(visitor, browser), 303)
    side.run(min(5, pace.requests))
    hashed = hash_password(PASSWORD)
    return Door(
        sign_in_ms=median(side.run(pace.requests) for _ in range(pace.rounds)),
        argon2_ms=median(_ms(lambda: is_right(PASSWORD, hashed)) for _ in range(HASHES)),
        guard_ms=_guard_ms(app),
        scope_ms=_ms(_look, LOOPS),
    )


def _used_before(portal: Server, someone: Person) -> Person:
    """A browser in which this person has signed in once, as most have."""
    with Visitor(portal.port) as visitor:
        cookies = _sign_in(visitor, someone).cookies
    device = next(each for each in cookies if each.startswith("device="))
    return Person(f"{someone.cookie}; {device}", someone.csrf_token)


def _sign_in(visitor: Visitor, browser: Person) -> Answer:
    return visitor.ask("/login", browser, browser.form(email=STAFF, password=PASSWORD))


def _guard_ms(app: Flask) -> float:
    """A view behind a permission, less the same view without."""

    def view() -> str:
        return ""

    guarded = requires(Permission.REVIEW_REFERRALS, Reach.ANY)(view)
    someone = person_called(STAFF)
    with app.test_request_context():
        login_user(someone)
        return max(0.0, _ms(guarded, LOOPS) - _ms(view, LOOPS))


def _look() -> None:
    refuse_unscoped(None, None, STATEMENT, None, SimpleNamespace(execution_options={OPTION: "what is measured"}), False)


def _ms(do: Callable[[], object], times: int = 1) -> float:
    started = time.thread_time_ns()
    for _ in range(times):
        do()
    return (time.thread_time_ns() - started) / 1e6 / times
