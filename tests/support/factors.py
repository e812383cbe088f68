"""Second factors for tests: switched on, and had without their pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import pyotp
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.auth import recovery, totp
from portal.auth.factor_models import TotpSecret
from portal.auth.models import LoginSession, User
from portal.auth.rules import Factor
from portal.extensions import db


@contextmanager
def settings(app: Flask, **changed: Any) -> Iterator[None]:
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, **changed)
    try:
        yield
    finally:
        app.config["SETTINGS"] = before


def code(secret: str, at: datetime | None = None) -> str:
    return pyotp.TOTP(secret).at(at or clock.now())


def with_app(user: User) -> str:
    """An authenticator app that counts, whose next code was never given; its secret."""
    totp.begin(user, now=clock.now())
    row = totp.begun(user)
    assert row
    secret = totp.secret_of(user, row)
    totp.confirm(user, code(secret), now=clock.now())
    db.session.execute(sa.update(TotpSecret).where(TotpSecret.user_id == user.id).values(last_step=0))
    db.session.commit()
    return secret


def with_codes(user: User) -> list[str]:
    codes = recovery.renew(user, now=clock.now())
    db.session.commit()
    return codes


def proven(user: User, factor: Factor) -> None:
    """The person's sessions were all opened with this factor, just now."""
    own = sa.update(LoginSession).where(LoginSession.user_id == user.id)
    db.session.execute(own.values(factor=factor, proved_at=clock.now()))
    db.session.commit()
