"""Tries are counted in the database, per window: a pause for whoever tries too often, never a lock for good.

Each is counted before anybody knows what comes of it, for the account, for the network that it comes from, and in all;
what was right is taken back. A browser that the person has used before has a count of its own, so that nobody keeps
somebody else out by trying wrong passwords, and does not wait for what the others try."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import sqlalchemy as sa
from sqlalchemy.sql.base import Executable

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
    network_of,
    plain_address,
)
from portal.errors import TooManyTries
from portal.extensions import db, insert_into
from portal.scope import all_partners


@dataclass(frozen=True)
class _Counted:
    """What is counted together: at most so many in a window."""

    subject: str
    limit: int
    window: timedelta = THROTTLE_WINDOW

    @property
    def key(self) -> str:
        return hashlib.sha256(self.subject.encode()).hexdigest()

    def begins(self, now: datetime) -> datetime:
        length = int(self.window.total_seconds())
        return datetime.fromtimestamp(int(now.timestamp()) // length * length, UTC)


def count_sign_in(email: str, address: str, now: datetime, *, device: str = "") -> None:
    """Count a try to sign in. Raises TooManyTries; the caller commits, whatever comes of the try.

    `device` is the digest of a browser that this account was used with before."""
    _count(_sign_in(email, address, device), now)


def forgive_sign_in(email: str, address: str, now: datetime, *, device: str = "") -> None:
    """It was right: earlier tries at this account count no more, nor does this one for anybody else."""
    _take_back(_sign_in(email, address, device), now)


def forgive(email: str) -> None:
    """A new password: earlier tries at this account count no more."""
    _forget(_account(email))


def count_proof(user_id: int, address: str, now: datetime) -> None:
    """Count a try of someone known to show again who they are: a second factor, or the password before a change."""
    _count([_proof(user_id), _network(address)], now)


def count_passkey(address: str, now: datetime) -> None:
    """Count a try to sign in with a passkey, which names nobody before it fits."""
    _count([_network(address), _all()], now)


def count_link(address: str, now: datetime) -> None:
    """Count a try to do something by a link in a mail."""
    _count([_network(address), _all()], now)


def forgive_passkey(address: str, now: datetime) -> None:
    _give_back([_network(address), _all()], now)


def forgive_proof(user_id: int, address: str, now: datetime) -> None:
    """It was right: earlier tries of this person count no more, nor does this one for the network."""
    _take_back([_proof(user_id), _network(address)], now)


def count_reset(email: str, address: str, now: datetime) -> bool:
    """Count a wish for a link, and say whether this account may still be written to.

    Raises TooManyTries for the network and for all only: for an account it would tell that there is one."""
    own = _Counted(f"reset|{plain_address(email)}", RESETS_PER_ACCOUNT)
    tries = _tries([own, _network(address), _all()], now)
    _refuse([_network(address), _all()], tries, now)
    return tries[own] <= own.limit


def count_invitation(by_id: int, now: datetime) -> None:
    """Count an invitation by a partner's lead: what they send goes to addresses that nobody has confirmed."""
    _count([_Counted(f"invites|{by_id}", INVITATIONS_PER_LEAD)], now)


def count_resent(email: str, now: datetime) -> None:
    """Count a mail that somebody may have sent again and again."""
    _count([_Counted(f"resent|{plain_address(email)}", RESENT_PER_ADDRESS)], now)


def _sign_in(email: str, address: str, device: str) -> list[_Counted]:
    if device:
        return [_Counted(f"account|{plain_address(email)}|{device}", TRIES_PER_ACCOUNT)]
    return [_account(email), _network(address), _all()]


def _all() -> _Counted:
    return _Counted("all", TRIES_IN_ALL, MOMENT)


def _account(email: str) -> _Counted:
    return _Counted(f"account|{plain_address(email)}", TRIES_PER_ACCOUNT)


def _proof(user_id: int) -> _Counted:
    return _Counted(f"proof|{user_id}", TRIES_PER_ACCOUNT)


def _network(address: str) -> _Counted:
    return _Counted(f"network|{network_of(address)}", TRIES_PER_ADDRESS)


def _count(counted: Sequence[_Counted], now: datetime) -> None:
    _refuse(counted, _tries(counted, now), now)


def _refuse(counted: Sequence[_Counted], tries: dict[_Counted, int], now: datetime) -> None:
    over = [each.begins(now) + each.window for each in counted if tries[each] > each.limit]
    if over:
        raise TooManyTries(max(over), now)


def _tries(counted: Sequence[_Counted], now: datetime) -> dict[_Counted, int]:
    """One more for each, always in the same order: so nobody waits for each other."""
    connection = db.session.connection()
    one_more = _one_more(connection.dialect.name)
    tries: dict[_Counted, int] = {
        each: connection.execute(one_more, {"its_key": each.key, "begins": each.begins(now)}).scalar_one()
        for each in counted
    }
    if tries.get(_all()) == 1:
        _forget_past(now)
    return tries


@cache
def _one_more(_dialect: str) -> Executable:
    """Built once for each kind of database: to build it takes longer than to run it."""
    first = insert_into(Throttle).values(key=sa.bindparam("its_key"), window_start=sa.bindparam("begins"), tries=1)
    return first.on_conflict_do_update(
        index_elements=[Throttle.key, Throttle.window_start], set_={"tries": Throttle.tries + 1}
    ).returning(Throttle.tries)


def _take_back(counted: Sequence[_Counted], now: datetime) -> None:
    own, *shared = counted
    _forget(own)
    _give_back(shared, now)


def _give_back(shared: Sequence[_Counted], now: datetime) -> None:
    for each in shared:
        this = (Throttle.key == each.key, Throttle.window_start == each.begins(now), Throttle.tries > 0)
        less = sa.update(Throttle).where(*this).values(tries=Throttle.tries - 1)
        db.session.execute(all_partners(less, "throttles have no partner"))


def _forget(counted: _Counted) -> None:
    own = sa.delete(Throttle).where(Throttle.key == counted.key)
    db.session.execute(all_partners(own, "throttles have no partner"))


def _forget_past(now: datetime) -> None:
    past = sa.delete(Throttle).where(Throttle.window_start < now - THROTTLE_WINDOW)
    db.session.execute(all_partners(past, "throttles have no partner"))
