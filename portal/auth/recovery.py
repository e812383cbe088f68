"""Recovery codes: kept on paper for the day when the phone is gone. Each works once."""

import hashlib
import secrets
from datetime import datetime

import sqlalchemy as sa

from portal.auth import factors
from portal.auth.factor_events import RecoveryCodesMade, RecoveryCodeUsed
from portal.auth.factor_models import RecoveryCode
from portal.auth.models import User
from portal.errors import Refused
from portal.events import publish
from portal.extensions import db
from portal.refs import ALPHABET

HOW_MANY = 10
LETTERS = 16
"""78 bits: a digest of it needs no salt and no slowness."""
FEW = 3


def renew(by: User, *, now: datetime) -> list[str]:
    """Ten new codes, told this once; those before work no more."""
    user = factors.locked(by)
    if user.factor_since is None:
        raise Refused("Recovery codes stand in for a second factor. Add an authenticator app or a passkey first.")
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = [_new() for _ in range(HOW_MANY)]
    db.session.add_all(RecoveryCode(user_id=user.id, digest=_digest(user, code), created_at=now) for code in codes)
    publish(RecoveryCodesMade(**factors.told(user, now)))
    db.session.flush()
    return codes


def accept(user: User, code: str, *, now: datetime) -> bool:
    """Whether this is an unused code of the person. It is used up."""
    own = (RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
    used = sa.update(RecoveryCode).where(*own, RecoveryCode.digest == _digest(user, code)).values(used_at=now)
    if db.session.execute(used).rowcount != 1:  # type: ignore[attr-defined]
        return False
    left = db.session.scalar(sa.select(sa.func.count()).select_from(RecoveryCode).where(*own)) or 0
    publish(RecoveryCodeUsed(**factors.told(user, now), left=left))
    return True


def _new() -> str:
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LETTERS))
    return "-".join(letters[at : at + 4] for at in range(0, LETTERS, 4))


def _digest(user: User, code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(f"{user.id}|{plain}".encode()).hexdigest()
