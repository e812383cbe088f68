"""Inviting people, taking an invitation back, and accepting one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.auth import links, queries, throttles
from portal.auth.bulk import Row
from portal.auth.events import InvitationAccepted, InvitationRevoked, UserInvited
from portal.auth.models import AccountLink, User
from portal.auth.passwords import common_passwords, hash_password
from portal.auth.people import grant, regrant, stay_in_own_company, told
from portal.auth.queries import Person
from portal.auth.rules import LinkPurpose, PersonState, Role, check_password, check_roles, plain_address
from portal.errors import Refused, TooManyTries
from portal.events import publish
from portal.extensions import db
from portal.refs import new_ref

TAKEN = "Somebody else has an account with this address. Each account needs one of its own."
NOWHERE = "taken.invalid"
"""Where the stored address of an account leads that was invited at an address of somebody else's (RFC 2606)."""


def invite(
    by: User | None, *, email: str, name: str, roles: frozenset[Role], partner_id: int | None, now: datetime
) -> User:
    """A new account, with a link that opens it; whose invitation has expired or was taken back is invited again.

    `by` is None for the first admin and the command line. A partner's lead learns nothing about addresses of other
    companies: an account is made that nobody can open, and whoever has the address is told."""
    stay_in_own_company(by, partner_id)
    check_roles(roles, is_partner_user=partner_id is not None)
    if (known := queries.colleague_at(email, partner_id)) is not None:
        return _invite_again(by, known, name=name, roles=roles, now=now)
    taken = queries.is_taken(email)
    if taken and (by is None or by.is_staff):
        raise Refused(TAKEN, "email")
    if by is not None and not by.is_staff:
        throttles.count_invitation(by.id, now)
    ref, address = new_ref("U", User.ref), plain_address(email)
    user = User(ref=ref, partner_id=partner_id, email=address, name=name, created_at=now)
    if taken:
        user.email, user.invited_as = f"{ref.lower()}@{NOWHERE}", address
    db.session.add(user)
    db.session.flush()
    grant(by, user, roles, now)
    send(by, user, now)
    return user


@dataclass(frozen=True)
class Outcome:
    """What becomes of a line of many, or became of it."""

    row: Row
    sentence: str
    is_good: bool


def look_at(by: User, rows: Sequence[Row], *, partner_id: int | None, now: datetime) -> list[Outcome]:
    """What would become of each; a partner's lead learns nothing about addresses of other companies here either."""
    known = queries.colleagues_at([row.email for row in rows], partner_id, now)
    elsewhere = queries.taken([row.email for row in rows]) - known.keys() if by.is_staff else frozenset()
    return [_foreseen(row, known.get(row.email), row.email in elsewhere) for row in rows]


def invite_all(by: User, rows: Sequence[Row], *, partner_id: int | None, now: datetime) -> list[Outcome]:
    """Invite those that can be: one that cannot loses none of the others."""
    return [_invited(by, row, partner_id, now) for row in rows]


def resend(by: User | None, user: User, *, now: datetime) -> None:
    """A new link; the one before it opens nothing any more."""
    _check_open(user)
    throttles.count_resent(user.shown_email, now)
    _look_at_address_again(user)
    send(by, user, now)


def revoke(by: User, user: User, *, now: datetime) -> None:
    """The link opens nothing any more and no new one is sent, until somebody invites them again."""
    _check_open(user)
    if user.invitation_revoked_at is not None:
        raise Refused(f"The invitation of {user.name} was taken back already.")
    user.invitation_revoked_at = now
    links.expire(user, now, LinkPurpose.INVITATION)
    publish(InvitationRevoked(**told(by, user, now), user_user_id=user.id))
    db.session.flush()


def accept(link: AccountLink, user: User, *, name: str, now: datetime, password: str | None = None) -> None:
    """The account is open. Without a password there is another way in, which the caller has seen to."""
    if password is not None:
        check_password(password, email=user.email, common=common_passwords())
    links.use(link, now)
    user.name, user.accepted_at = name, now
    if password is not None:
        user.password_hash = hash_password(password)
    publish(InvitationAccepted(**told(user, user, now), user_user_id=user.id))
    db.session.flush()


def send(by: User | None, user: User, now: datetime) -> None:
    """A link to the address that the person was invited at, or word to whoever else has that."""
    user.invitation_revoked_at = None
    link = links.new(by, user, LinkPurpose.INVITATION, now)
    publish(UserInvited(**told(by, user, now), user_user_id=user.id, link_id=link.id))


def _invite_again(by: User | None, user: User, *, name: str, roles: frozenset[Role], now: datetime) -> User:
    state = queries.person(user, now).state
    if state is PersonState.INVITED:
        raise Refused(f"{user.name} is invited already. The mail can be sent again from their page.", "email")
    if state not in (PersonState.LAPSED, PersonState.REVOKED):
        raise Refused(f"{user.name} has this address and is in the list of people already.", "email")
    throttles.count_resent(user.shown_email, now)
    user.name = name
    regrant(by, user, roles, now)
    _look_at_address_again(user)
    send(by, user, now)
    return user


def _look_at_address_again(user: User) -> None:
    """Once nobody else has the address that this person was invited at, it is theirs. Asked for everybody, so that it
    takes the same."""
    is_taken = queries.is_taken(user.shown_email, but=user.id)
    if user.invited_as is not None and not is_taken:
        user.email, user.invited_as = user.invited_as, None


def _foreseen(row: Row, known: Person | None, is_elsewhere: bool) -> Outcome:
    if row.trouble:
        return Outcome(row, row.trouble, is_good=False)
    if known is not None and known.state in (PersonState.LAPSED, PersonState.REVOKED):
        return Outcome(row, f"{row.name} is invited again, as {row.role_words}.", is_good=True)
    if known is not None:
        has = "is invited already" if known.state is PersonState.INVITED else "has this address and is here already"
        return Outcome(row, f"{known.name} {has}.", is_good=False)
    if is_elsewhere:
        return Outcome(row, TAKEN, is_good=False)
    return Outcome(row, f"{row.name} is invited as {row.role_words}.", is_good=True)


def _invited(by: User, row: Row, partner_id: int | None, now: datetime) -> Outcome:
    if row.trouble:
        return Outcome(row, row.trouble, is_good=False)
    try:
        invite(by, email=row.email, name=row.name, roles=row.roles, partner_id=partner_id, now=now)
    except (Refused, TooManyTries) as refusal:
        return Outcome(row, str(refusal), is_good=False)
    return Outcome(row, f"{row.name} was invited as {row.role_words}.", is_good=True)


def _check_open(user: User) -> None:
    if user.accepted_at is not None:
        raise Refused(f"{user.name} has accepted already. A forgotten password is asked for on the sign-in page.")
    if not user.is_active:
        raise Refused(f"The account of {user.name} is disabled. Open it again first.")
