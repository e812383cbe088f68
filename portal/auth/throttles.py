"""Tries are counted in the database, per window: a pause for whoever tries too often, never a lock for good."""

import hashlib
from datetime import UTC, datetime

import sqlalchemy as sa
from werkzeug.exceptions import TooManyRequests

from portal.auth.models import Throttle
from portal.auth.rules import (
    RESETS_PER_ACCOUNT,
    THROTTLE_WINDOW,
    TRIES_PER_ACCOUNT,
    TRIES_PER_ADDRESS,
    network_of,
    plain_address,
)
from portal.errors import Refused
from portal.extensions import db, insert_into
from portal.scope import all_partners


class TooManyTries(Refused):
    def __init__(self, until: datetime) -> None:
        super().__init__("That was tried too often. Wait a few minutes, then try again.")
        self.until = until

    def in_words_of_http(self, now: datetime) -> TooManyRequests:
        return TooManyRequests(retry_after=max(1, int((self.until - now).total_seconds())))


def count_sign_in(email: str, address: str, now: datetime) -> None:
    """Count a try to sign in. Raises TooManyTries; the caller commits, whatever comes of the try."""
    _count(_account(email), TRIES_PER_ACCOUNT, now)
    _count(_network(address), TRIES_PER_ADDRESS, now)


def count_reset(email: str, address: str, now: datetime) -> bool:
    """Count a wish for a new password, and say whether this account may still be written to.

    Raises TooManyTries for the network address only: for an account it would tell that there is one."""
    _count(_network(address), TRIES_PER_ADDRESS, now)
    return _tries(f"reset|{plain_address(email)}", now) <= RESETS_PER_ACCOUNT


def forgive(email: str) -> None:
    """The right password, or a new one: earlier tries at this account count no more."""
    _forget(_account(email))


def count_proof(user_id: int, address: str, now: datetime) -> None:
    """Count a try of someone whose password was right before. Raises TooManyTries, as for signing in."""
    _count(_proof(user_id), TRIES_PER_ACCOUNT, now)
    _count(_network(address), TRIES_PER_ADDRESS, now)


def forgive_proofs(user_id: int) -> None:
    _forget(_proof(user_id))


def _forget(subject: str) -> None:
    own = sa.delete(Throttle).where(Throttle.key == _digest(subject))
    db.session.execute(all_partners(own, "throttles have no partner"))


def _proof(user_id: int) -> str:
    return f"proof|{user_id}"


def _account(email: str) -> str:
    return f"account|{plain_address(email)}"


def _network(address: str) -> str:
    return f"network|{network_of(address)}"


def _count(subject: str, limit: int, now: datetime) -> None:
    if _tries(subject, now) > limit:
        raise TooManyTries(_window(now) + THROTTLE_WINDOW)


def _tries(subject: str, now: datetime) -> int:
    first = insert_into(Throttle).values(key=_digest(subject), window_start=_window(now), tries=1)
    one_more = first.on_conflict_do_update(
        index_elements=[Throttle.key, Throttle.window_start], set_={"tries": Throttle.tries + 1}
    ).returning(Throttle.tries)
    tries: int = db.session.execute(one_more).scalar_one()
    if tries == 1:
        past = sa.delete(Throttle).where(Throttle.window_start < _window(now))
        db.session.execute(all_partners(past, "throttles have no partner"))
    return tries


def _window(now: datetime) -> datetime:
    length = int(THROTTLE_WINDOW.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // length * length, UTC)


def _digest(subject: str) -> str:
    return hashlib.sha256(subject.encode()).hexdigest()
