from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from portal.auth.factor_rules import FACTOR_LABEL
from portal.auth.models import AccountLink, LoginSession, RoleGrant, User
from portal.auth.permissions import Permission
from portal.auth.rules import (
    PERSON_LABEL,
    PERSON_TONE,
    LinkPurpose,
    PersonState,
    Role,
    device_words,
    is_live,
    person_state,
    plain_address,
    session_limits,
    token_hash,
)
from portal.extensions import db
from portal.moves import Tone
from portal.scope import all_partners, owned_by

HANDLE = 16
"""How much of a session's digest names it in an address."""


@dataclass(frozen=True)
class Person:
    """Someone in a list of people."""

    id: int
    ref: str
    name: str
    email: str
    role_words: str
    state: PersonState
    invited_until: datetime | None

    @property
    def label(self) -> str:
        return PERSON_LABEL[self.state]

    @property
    def tone(self) -> Tone:
        return PERSON_TONE[self.state]


@dataclass(frozen=True)
class Device:
    """A browser that is signed in."""

    handle: str
    words: str
    address: str
    factor: str
    """How it was signed in, in words."""
    since: datetime
    last_used_at: datetime
    until: datetime
    """When it ends, if it is not used before."""
    is_this_one: bool


def visible_to(user: User) -> sa.Select[Any]:
    """A partner's people see their company's; staff who may see people see everyone's."""
    everyone = sa.select(User)
    if user.partner_id is not None:
        return owned_by(everyone.where(User.partner_id == user.partner_id), user.partner_id)
    if user.may(Permission.VIEW_PEOPLE):
        return all_partners(everyone, "staff who may see people")
    return all_partners(everyone.where(User.partner_id.is_(None)), "staff see their colleagues")


def get_visible(user: User, ref: str) -> User:
    """404 for anyone whom this person may not see. The roles come along."""
    found = visible_to(user).where(User.ref == ref).options(selectinload(User.grants))
    return db.one_or_404(found)  # type: ignore[no-any-return]


def colleagues(user: User, now: datetime) -> list[Person]:
    """Everyone of one's own side: of the company, or of staff."""
    return _people(visible_to(user).where(User.partner_id == user.partner_id), now)


def of_partner(partner_id: int, now: datetime) -> list[Person]:
    """A company's people, for staff who look after it."""
    return _people(owned_by(sa.select(User).where(User.partner_id == partner_id), partner_id), now)


def get_of_partner(partner_id: int, ref: str) -> User:
    """One of a company's people; 404 for anyone else."""
    found = sa.select(User).where(User.partner_id == partner_id, User.ref == ref)
    return db.one_or_404(owned_by(found, partner_id))  # type: ignore[no-any-return]


def person(user: User, now: datetime) -> Person:
    """The same of one whose roles are loaded."""
    found = sa.select(_invited_until()).where(User.id == user.id)
    until = db.session.scalar(all_partners(found, "the invitation of one who was found before"))
    return _person(user, until, now)


def by_email(email: str) -> User | None:
    found = sa.select(User).where(User.email == plain_address(email))
    return db.session.scalar(all_partners(found, "who is this, before anyone is known"))


def password_hash_of(email: str) -> str | None:
    """Of whoever has this address and may sign in. No more is read, so that nobody's takes as long as somebody's."""
    found = sa.select(User.password_hash).where(User.email == plain_address(email), User.disabled_at.is_(None))
    return db.session.scalar(all_partners(found, "who is this, before anyone is known"))


def colleague_at(email: str, partner_id: int | None) -> User | None:
    """Who of this company, or of staff, is known by the address; the roles come along."""
    address = plain_address(email)
    known = sa.select(User).where(User.partner_id == partner_id, (User.email == address) | (User.invited_as == address))
    found: User | None = db.session.scalar(_side(known.options(selectinload(User.grants)), partner_id))
    return found


def colleagues_at(emails: Collection[str], partner_id: int | None, now: datetime) -> dict[str, Person]:
    """Who of this company, or of staff, is known by these addresses."""
    found = sa.select(User).where(User.partner_id == partner_id, User.email.in_(emails) | User.invited_as.in_(emails))
    return {person.email: person for person in _people(_side(found, partner_id), now)}


def is_taken(email: str, *, but: int | None = None) -> bool:
    """Whether anybody, or anybody else, has this address."""
    found = sa.select(User.id).where(User.email == plain_address(email), User.id != (but or 0))
    return db.session.scalar(all_partners(found, "an address that is about to be invited")) is not None


def taken(emails: Collection[str]) -> frozenset[str]:
    """Which of these addresses somebody has."""
    found = sa.select(User.email).where(User.email.in_(emails))
    return frozenset(db.session.scalars(all_partners(found, "addresses that staff are about to invite")))


def oneself(user: User) -> User:
    """One's own row, attached, to be changed."""
    own = all_partners(sa.select(User).where(User.id == user.id), "one's own account")
    return db.session.execute(own).scalar_one()


def devices(user: User, now: datetime) -> list[Device]:
    """Where the person is signed in, the last used first."""
    live = sa.select(LoginSession).where(LoginSession.user_id == user.id, LoginSession.ended_at.is_(None))
    live = live.where(LoginSession.awaits_factor.is_(False))
    this, limits = token_hash(user.session_token), session_limits(user.roles)
    return [
        Device(
            handle=row.token_hash[:HANDLE],
            words=device_words(row.user_agent),
            address=row.address,
            factor=FACTOR_LABEL[row.factor],
            since=row.created_at,
            last_used_at=row.last_used_at,
            until=min(row.created_at + limits.absolute, row.last_used_at + limits.idle),
            is_this_one=row.token_hash == this,
        )
        for row in db.session.scalars(live.order_by(LoginSession.last_used_at.desc()))
        if is_live(row.created_at, row.last_used_at, now, user.roles)
    ]


def get_session(user: User, handle: str) -> LoginSession:
    """One of one's own sessions that has not ended; 404 for any other."""
    own = sa.select(LoginSession).where(
        LoginSession.user_id == user.id,
        LoginSession.ended_at.is_(None),
        sa.func.substr(LoginSession.token_hash, 1, HANDLE) == handle,
    )
    return db.one_or_404(own)  # type: ignore[no-any-return]


def is_last_admin(user_id: int) -> bool:
    """Whether nobody is left to manage people without this one.

    The admins and their grants are locked, so that two who remove each other cannot both be the last but one: of two,
    the second waits, and then finds the grant of the first gone."""
    live = (
        sa.select(User.id, User.accepted_at)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(RoleGrant.role == Role.PROGRAM_ADMIN, RoleGrant.ends_at.is_(None), User.disabled_at.is_(None))
        .order_by(User.id)
        .with_for_update(of=(User, RoleGrant))
    )
    found = db.session.execute(all_partners(live, "staff only: a partner's people hold no such role"))
    admins = {row.id: row.accepted_at is not None for row in found}
    if user_id not in admins:
        return False
    can_sign_in = admins.pop(user_id)
    return not admins or (can_sign_in and not any(admins.values()))


def _invited_until() -> sa.ScalarSelect[Any]:
    invited = sa.select(sa.func.max(AccountLink.expires_at)).where(
        AccountLink.user_id == User.id,
        AccountLink.purpose == LinkPurpose.INVITATION,
        AccountLink.used_at.is_(None),
    )
    return invited.correlate(User).scalar_subquery()


def _side(statement: sa.Select[Any], partner_id: int | None) -> sa.Select[Any]:
    return all_partners(statement, "our own people") if partner_id is None else owned_by(statement, partner_id)


def _people(statement: sa.Select[Any], now: datetime) -> list[Person]:
    found = statement.add_columns(_invited_until()).options(joinedload(User.grants)).order_by(User.name, User.id)
    return [_person(user, until, now) for user, until in db.session.execute(found).unique()]


def _person(user: User, until: datetime | None, now: datetime) -> Person:
    state = person_state(
        has_accepted=user.accepted_at is not None,
        disabled_at=user.disabled_at,
        revoked_at=user.invitation_revoked_at,
        invited_until=until,
        now=now,
    )
    return Person(user.id, user.ref, user.name, user.shown_email, user.role_words, state, until)
