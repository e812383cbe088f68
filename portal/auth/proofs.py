"""Somebody shows who they are beside the password, or once more: by a second factor where there is one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from portal.auth import factors, passkeys, queries, recovery, sessions, throttles, totp
from portal.auth.challenges import Purpose
from portal.auth.factor_rules import STRONG, is_fresh
from portal.auth.models import User
from portal.auth.passwords import is_right
from portal.auth.rules import Factor
from portal.errors import Refused
from portal.extensions import db

WRONG_CODE = "This is not the code that the app shows now, nor an unused recovery code. Each code works once."


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

    password: bool = False
    app: bool = False
    codes_left: int = 0
    passkeys: bool = False
    elsewhere: list[Elsewhere] = field(default_factory=list)

    @property
    def code_label(self) -> str:
        either = "a code from your app, or a recovery code" if self.app else "a recovery code"
        return f"Or {either}" if self.passkeys else either.capitalize()


def ways_of(user: User) -> Ways:
    own = queries.oneself(user)
    by_provider = user.factor is Factor.SSO_STRONG or (user.factor is Factor.SSO and own.factor_since is None)
    if by_provider and (elsewhere := _elsewhere(own)):
        return Ways(elsewhere=elsewhere)
    if own.factor_since is not None:
        has = factors.of(own)
        can_answer = bool(has.passkeys) and passkeys.place() is not None
        return Ways(app=has.app_since is not None, codes_left=has.codes_left, passkeys=can_answer)
    if own.password_hash is not None:
        return Ways(password=True)
    return Ways(elsewhere=_elsewhere(own))


def _elsewhere(user: User) -> list[Elsewhere]:
    return [way for ask in ELSEWHERE if (way := ask(user)) is not None]


def can_do_without(user: User) -> bool:
    """Whether the person gets in without a second factor: with a password, or through an identity provider."""
    own = queries.oneself(user)
    return own.password_hash is not None or bool(_elsewhere(own))


def holds(user: User, now: datetime) -> bool:
    """Whether what the session of this request was proven with still counts. Whoever has a second factor gave that."""
    return is_fresh(user.proved_at, now) and (user.factor_since is None or user.factor in STRONG)


def prove(user: User, given: Mapping[str, str], *, address: str, now: datetime) -> None:
    """Check what was given and note it in the person's session; commits, whatever comes of it, because tries count.

    Raises TooManyTries, or Refused naming the field."""
    own = _counted(user, address, now)
    try:
        factor = _checked(own, given, now)
    except Refused:
        db.session.rollback()
        if sessions.proved_at(user) == user.proved_at:
            raise
        # of two clicks the first has used up the code, and proved it for both
        return
    throttles.forgive_proof(own.id, address, now)
    sessions.note_proof(user, factor, now)
    db.session.commit()


def second_factor(user: User, given: Mapping[str, str], *, address: str, now: datetime) -> Factor:
    """What the person whose password was right gave beside it. Nothing is committed but that it was tried.

    Raises TooManyTries, or Refused naming the field."""
    own = _counted(user, address, now)
    factor = _beside_password(own, given, Purpose.SECOND_FACTOR, now)
    throttles.forgive_proof(own.id, address, now)
    return factor


def _counted(user: User, address: str, now: datetime) -> User:
    throttles.count_proof(user.id, address, now)
    own = queries.oneself(user)
    db.session.commit()  # the try counts whatever comes of it, and hashing holds no lock
    return own


def _checked(user: User, given: Mapping[str, str], now: datetime) -> Factor:
    if user.factor_since is not None:
        return _beside_password(user, given, Purpose.PROOF, now)
    if user.password_hash is None:
        raise Refused("Prove it the other way first, then go on here.")
    if not (password := given.get("proof_password")):
        raise Refused("Please give the password.", "proof_password")
    if not is_right(password, user.password_hash):
        raise Refused("This is not your password.", "proof_password")
    return Factor.PASSWORD


def _beside_password(user: User, given: Mapping[str, str], purpose: Purpose, now: datetime) -> Factor:
    if answer := given.get("proof_passkey"):
        try:
            passkeys.accept(purpose, answer, user, now=now)
        except passkeys.Doubted:
            db.session.commit()
            raise
        return Factor.PASSKEY
    if not (code := given.get("proof_code")):
        raise Refused("Please give a code, or take your passkey.", "proof_code")
    if totp.accept(user, code, now=now):
        return Factor.TOTP
    if recovery.accept(user, code, now=now):
        return Factor.RECOVERY_CODE
    raise Refused(WRONG_CODE, "proof_code")
