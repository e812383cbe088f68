"""What people do to accounts, their own and others'. Views decide who may; these say what is possible."""

from datetime import datetime

import sqlalchemy as sa

from portal.attempts import asked
from portal.auth import invitations, links, queries, throttles
from portal.auth.events import (
    PasswordChanged,
    PasswordResetAsked,
    RolesChanged,
    UserDisabled,
    UserEnabled,
)
from portal.auth.models import AccountLink, LinkRequest, LoginSession, User
from portal.auth.passwords import common_passwords, hash_password, is_right
from portal.auth.people import regrant, stay_in_own_company, told
from portal.auth.rules import LinkPurpose, Role, check_password, check_roles, plain_address, role_words
from portal.auth.sessions import end_sessions
from portal.errors import Refused
from portal.events import publish
from portal.extensions import db
from portal.scope import all_partners


def note_link_request(email: str, *, now: datetime) -> None:
    """Somebody asked for a link at this address. Who has it is looked up later, so that this takes the same for all."""
    db.session.add(LinkRequest(email=plain_address(email), **asked(now)))
    db.session.flush()


def ask_reset(user: User | None, *, now: datetime) -> None:
    """Send a link to a new password, or the invitation again to whoever never had one. Nobody: nothing."""
    if user is None or not user.is_active or user.invitation_revoked_at is not None:
        return
    if user.accepted_at is None:
        invitations.send(None, user, now)
        return
    link = links.new(None, user, LinkPurpose.RESET, now)
    publish(PasswordResetAsked(**told(None, user, now), user_user_id=user.id, link_id=link.id))


def reset_password(link: AccountLink, user: User, *, password: str, now: datetime) -> None:
    """The new password holds from now on, and whoever was signed in with the old one is signed out."""
    check_password(password, email=user.email, common=common_passwords())
    links.use(link, now)
    throttles.forgive(user.email)
    _set_password(user, password, now, keep=None)


def change_password(by: User, *, current: str, password: str, now: datetime) -> None:
    """One's own, proven by the one before. All other browsers are signed out."""
    user = queries.oneself(by)
    if not is_right(current, user.password_hash):
        raise Refused("This is not your password.", "current")
    check_password(password, email=user.email, common=common_passwords())
    throttles.forgive(user.email)
    _set_password(user, password, now, keep=by.session_token)


def change_profile(
    by: User, *, name: str, time_zone: str | None, theme: str, letter_keys: bool, phone: str = ""
) -> None:
    user = queries.oneself(by)
    user.name, user.time_zone, user.theme, user.letter_keys = name, time_zone, theme, letter_keys
    user.phone = phone
    db.session.flush()


def end_session(session: LoginSession, *, now: datetime) -> None:
    """Sign out one of one's own browsers."""
    session.ended_at = now
    db.session.flush()


def end_other_sessions(by: User, *, now: datetime) -> None:
    end_sessions(by.id, now, but=by.session_token)


def disable_user(by: User, user: User, *, now: datetime) -> None:
    """Whoever is disabled is signed out everywhere, in the same transaction."""
    _not_oneself(by, user, "You cannot close your own account. Ask a colleague who manages people.")
    if not user.is_active:
        raise Refused(f"The account of {user.name} is closed already.")
    _keep_an_admin(user)
    _disable(by, user, now)


def disable_people_of(by: User | None, partner_id: int, *, now: datetime) -> None:
    """Nobody of this company may sign in any more."""
    active = sa.select(User).where(User.partner_id == partner_id, User.disabled_at.is_(None)).order_by(User.id)
    for user in db.session.scalars(all_partners(active, "a company is closed by staff")):
        _disable(by, user, now)


def enable_user(by: User, user: User, *, now: datetime) -> None:
    _not_oneself(by, user, "You cannot open your own account.")
    if user.is_active:
        raise Refused(f"The account of {user.name} is open already.")
    if user.erased_at is not None:
        raise Refused("What was held of this person is erased. Invite them anew.")
    user.disabled_at = None
    publish(UserEnabled(**told(by, user, now), user_user_id=user.id))
    db.session.flush()


def change_roles(by: User, user: User, roles: frozenset[Role], *, now: datetime) -> None:
    """Give these roles and no others; whoever holds them signs in anew. `user` has its grants loaded."""
    _not_oneself(by, user, "You cannot change your own roles. Ask a colleague who manages people.", "roles")
    stay_in_own_company(by, user.partner_id)
    check_roles(roles, is_partner_user=user.partner_id is not None)
    if roles == user.lasting_roles:
        return
    if lent := roles & (user.roles - user.lasting_roles):
        raise Refused(f"{user.name} is {role_words(lent).lower()} by emergency access now. End that first.", "roles")
    if Role.PROGRAM_ADMIN not in roles:
        _keep_an_admin(user)
    regrant(by, user, roles, now)
    end_sessions(user.id, now)
    publish(RolesChanged(**told(by, user, now), user_user_id=user.id, roles=role_words(roles)))


def _set_password(user: User, password: str, now: datetime, *, keep: str | None) -> None:
    user.password_hash = hash_password(password)
    end_sessions(user.id, now, but=keep)
    links.expire(user, now)
    publish(PasswordChanged(**told(user, user, now)))
    db.session.flush()


def _disable(by: User | None, user: User, now: datetime) -> None:
    user.disabled_at = now
    end_sessions(user.id, now)
    links.expire(user, now)
    publish(UserDisabled(**told(by, user, now), user_user_id=user.id))
    db.session.flush()


def _not_oneself(by: User, user: User, sentence: str, field: str | None = None) -> None:
    if by.id == user.id:
        raise Refused(sentence, field)


def _keep_an_admin(user: User) -> None:
    if queries.is_last_admin(user.id):
        raise Refused(f"{user.name} is the last program admin. Make someone else one first.", "roles")
