"""The factors beside the password that a person has, and what holds for all kinds of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.auth.factor_events import FactorsReset
from portal.auth.factor_models import Passkey, RecoveryCode, TotpSecret
from portal.auth.models import User
from portal.auth.sessions import end_sessions
from portal.errors import Refused
from portal.events import publish
from portal.extensions import db
from portal.scope import all_partners


@dataclass(frozen=True)
class Factors:
    app_since: datetime | None
    passkeys: Sequence[Passkey]
    codes_left: int
    codes_made_at: datetime | None

    @property
    def count(self) -> int:
        """Recovery codes stand in for a factor, they are none."""
        return len(self.passkeys) + (self.app_since is not None)


def of(user: User) -> Factors:
    passkeys = sa.select(Passkey).where(Passkey.user_id == user.id).order_by(Passkey.created_at, Passkey.id)
    app = sa.select(sa.func.max(TotpSecret.confirmed_at)).where(TotpSecret.user_id == user.id).scalar_subquery()
    unused = sa.select(sa.func.count(), sa.func.max(RecoveryCode.created_at), app).where(
        RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None)
    )
    left, made_at, app_since = db.session.execute(unused).one()
    return Factors(app_since, db.session.scalars(passkeys).all(), left, made_at)


def locked(user: User) -> User:
    """One's own row, to be changed by one at a time: of two who remove the last but one at once, the second is the
    last."""
    own = sa.select(User).where(User.id == user.id).with_for_update()
    return db.session.execute(all_partners(own, "one's own account")).scalar_one()


def note_added(user: User, now: datetime, *, keep: str | None) -> None:
    """Every other browser signs in anew, with what it takes from now on."""
    if user.factor_since is None:
        user.factor_since = now
    end_sessions(user.id, now, but=keep)
    db.session.flush()


def note_removed(user: User, now: datetime, *, keep: str | None, last_stays: str) -> None:
    """Raises Refused where it was the last and `last_stays` says why that one has to stay."""
    if of(user).count == 0:
        if last_stays:
            raise Refused(last_stays)
        user.factor_since = None
        db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    end_sessions(user.id, now, but=keep)
    db.session.flush()


def reset(by: User | None, user: User, *, now: datetime) -> None:
    """For whoever lost them all: the password opens the account again, and a new factor is set up where one is needed.

    `by` is None for the command line. Raises Refused for oneself and where there is none."""
    if by is not None and by.id == user.id:
        raise Refused("Your own second factors are on your account page.")
    own = locked(user)
    if own.factor_since is None:
        raise Refused(f"{own.name} has no second factor.")
    for kind in (TotpSecret, Passkey, RecoveryCode):
        db.session.execute(sa.delete(kind).where(kind.user_id == own.id))
    own.factor_since = None
    end_sessions(own.id, now)
    publish(FactorsReset(**told(own, now) | {"by": by.id if by is not None else None}))
    db.session.flush()


def told(user: User, now: datetime) -> dict[str, Any]:
    """What every event about a factor holds."""
    return {"by": user.id, "at": now, "ref": user.ref, "partner_id": user.partner_id, "user_user_id": user.id}
