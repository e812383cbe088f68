"""Somebody who is signed in shows once more who they are: by a second factor where there is one, else by password."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.auth import queries, sessions, throttles
from portal.auth.models import User
from portal.auth.passwords import is_right
from portal.auth.rules import Factor
from portal.errors import Refused
from portal.extensions import db


@dataclass(frozen=True)
class Elsewhere:
    """An address where the person can prove it, and what the link to it says. It notes the proof in the session."""

    label: str
    url: str


ELSEWHERE: list[Callable[[User], Elsewhere | None]] = []
"""Asked for whoever has no way of their own here: an identity provider adds itself."""


@dataclass(frozen=True)
class Ways:
    """How this person can prove it."""

    password: bool
    elsewhere: list[Elsewhere]


def ways_of(user: User) -> Ways:
    has_password = queries.oneself(user).password_hash is not None
    found = [] if has_password else [way for ask in ELSEWHERE if (way := ask(user)) is not None]
    return Ways(password=has_password, elsewhere=found)


def prove(user: User, given: Mapping[str, str], *, address: str, now: datetime) -> None:
    """Check what was given and note it in the person's session; commits, whatever comes of it, because tries count.

    Raises TooManyTries, or Refused naming the field."""
    throttles.count_proof(user.id, address, now)
    own = queries.oneself(user)
    db.session.commit()  # the hashing below holds no lock
    factor = _checked(own, given)
    throttles.forgive_proofs(user.id)
    sessions.note_proof(user, factor, now)
    db.session.commit()


def _checked(user: User, given: Mapping[str, str]) -> Factor:
    if user.password_hash is None:
        raise Refused("Prove it the other way first, then go on here.")
    if not (password := given.get("proof_password")):
        raise Refused("Please give the password.", "proof_password")
    if not is_right(password, user.password_hash):
        raise Refused("This is not your password.", "proof_password")
    return Factor.PASSWORD
