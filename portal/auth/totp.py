"""Codes of an authenticator app (RFC 6238): six digits, a new one every 30 seconds, each taken once."""

import hmac
import secrets
from datetime import datetime
from typing import Any

import pyotp
import sqlalchemy as sa

from portal import vault
from portal.auth import factors
from portal.auth.factor_events import AppAdded, AppRemoved
from portal.auth.factor_models import TotpSecret
from portal.auth.models import User
from portal.errors import Refused
from portal.events import publish
from portal.extensions import db

STEP = 30
DRIFT = (-1, 0, 1)
"""A clock may be half a minute off, and people type slowly (RFC 6238, 5.2)."""
WRONG = "This is not the code that the app shows now. Wait for the next one, and see that the phone's clock is right."


def begin(by: User, *, now: datetime) -> None:
    """A new secret. It counts for nothing until a code of it is given; one begun before is forgotten."""
    _forget(by, TotpSecret.confirmed_at.is_(None))
    ref = secrets.token_urlsafe(16)
    sealed = vault.seal(pyotp.random_base32(), row=ref, **_place(by))
    db.session.add(TotpSecret(ref=ref, user_id=by.id, sealed=sealed, created_at=now))
    db.session.flush()


def begun(user: User) -> TotpSecret | None:
    """The secret that waits for its first code."""
    return _secret(user, TotpSecret.confirmed_at.is_(None))


def secret_of(user: User, row: TotpSecret) -> str:
    return vault.unseal(row.sealed, row=row.ref, **_place(user))


def address_of(user: User, row: TotpSecret, issuer: str) -> str:
    """What an app reads from the QR code."""
    return pyotp.TOTP(secret_of(user, row)).provisioning_uri(name=user.email, issuer_name=issuer)


def confirm(by: User, code: str, *, now: datetime) -> None:
    """With its first code the app counts, and one that counted before does not any more."""
    user = factors.locked(by)
    row = begun(user)
    if row is None:
        raise Refused("There is no app to confirm. Begin again.")
    step = _step_of(secret_of(user, row), code, now)
    if step is None:
        raise Refused(WRONG, "code")
    _forget(user, TotpSecret.confirmed_at.is_not(None))
    row.confirmed_at, row.last_step = now, step
    factors.note_added(user, now, keep=by.session_token)
    publish(AppAdded(**factors.told(user, now)))


def accept(user: User, code: str, *, now: datetime) -> bool:
    """Whether this is the code of now and was not given before. It is used up."""
    row = _secret(user, TotpSecret.confirmed_at.is_not(None))
    step = _step_of(secret_of(user, row), code, now) if row is not None else None
    if row is None or step is None:
        return False
    unused = sa.update(TotpSecret).where(TotpSecret.id == row.id, TotpSecret.last_step < step)
    return bool(db.session.execute(unused.values(last_step=step)).rowcount == 1)  # type: ignore[attr-defined]


def remove(by: User, *, last_stays: str, now: datetime) -> None:
    user = factors.locked(by)
    if _secret(user, TotpSecret.confirmed_at.is_not(None)) is None:
        raise Refused("There is no authenticator app to remove.")
    _forget(user, sa.true())
    factors.note_removed(user, now, keep=by.session_token, last_stays=last_stays)
    publish(AppRemoved(**factors.told(user, now)))


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The latest step whose code this is."""
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdigit()):
        return None
    this, app = int(now.timestamp()) // STEP, pyotp.TOTP(secret, interval=STEP)
    steps = [this + drift for drift in DRIFT if hmac.compare_digest(app.generate_otp(this + drift), digits)]
    return max(steps, default=None)


def _secret(user: User, which: sa.ColumnElement[bool]) -> TotpSecret | None:
    return db.session.scalar(sa.select(TotpSecret).where(TotpSecret.user_id == user.id, which))


def _forget(user: User, which: sa.ColumnElement[bool]) -> None:
    db.session.execute(sa.delete(TotpSecret).where(TotpSecret.user_id == user.id, which))


def _place(user: User) -> dict[str, Any]:
    return {"table": "totp_secrets", "column": "sealed", "partner": user.partner_id or 0}
