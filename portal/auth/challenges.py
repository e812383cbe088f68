"""What a passkey is asked to sign: random, for one purpose, of this browser, for minutes, once."""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import session

from portal.auth.factor_models import SpentChallenge
from portal.errors import Refused
from portal.extensions import db, insert_into
from portal.later import later

if TYPE_CHECKING:
    from webauthn import helpers
else:
    helpers = later("webauthn.helpers")

KEPT = "passkey_challenges"
LIFE = timedelta(minutes=5)


class Purpose(StrEnum):
    NEW = "new"
    SIGN_IN = "sign-in"
    SECOND_FACTOR = "second-factor"
    PROOF = "proof"


def new(purpose: Purpose, now: datetime) -> bytes:
    """A challenge that this browser's cookie remembers."""
    challenge = secrets.token_bytes(32)
    session[KEPT] = session.get(KEPT, {}) | {purpose: [helpers.bytes_to_base64url(challenge), int(now.timestamp())]}
    return challenge


def spend(purpose: Purpose, now: datetime) -> bytes:
    """The challenge that was given to this browser last. It is spent, in the database too: a cookie can be sent twice.

    Raises Refused where there is none, or it is too old or spent."""
    kept = session.get(KEPT, {})
    text, at = kept.get(purpose, ("", 0))
    session[KEPT] = {name: value for name, value in kept.items() if name != purpose}
    age = now.timestamp() - at
    if not text or age > LIFE.total_seconds() or not _is_first(text, now):
        raise Refused("That took too long, or was sent twice. Try the passkey again.")
    return helpers.base64url_to_bytes(text)


def _is_first(text: str, now: datetime) -> bool:
    db.session.execute(sa.delete(SpentChallenge).where(SpentChallenge.at < now - 2 * LIFE))
    digest = hashlib.sha256(text.encode()).hexdigest()
    first = insert_into(SpentChallenge).values(digest=digest, at=now).on_conflict_do_nothing()
    return db.session.scalar(first.returning(SpentChallenge.digest)) is not None
