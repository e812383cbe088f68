"""Somebody comes with the word of an identity provider: whose account it opens, or makes."""

from datetime import datetime

from portal.auth import links
from portal.auth import queries as auth
from portal.auth.events import InvitationAccepted, RolesChanged
from portal.auth.models import User
from portal.auth.people import grant, regrant, told
from portal.auth.rules import LinkPurpose, Role, role_words
from portal.auth.sessions import end_sessions
from portal.errors import Refused
from portal.events import publish
from portal.extensions import db
from portal.refs import new_ref
from portal.sso import queries
from portal.sso.events import AccountMade, IdentityLinked
from portal.sso.models import Connection, Identity
from portal.sso.rules import Vouched, roles_after

CLOSED = "Your account here is closed. Whoever leads your team can open it again."
NO_ACCOUNT = "Nobody has invited you yet. Ask whoever leads your team for an invitation to this mail address."
ANOTHERS = (
    "The account with your mail address belongs to somebody whom your identity provider knows by another name. Ask "
    "whoever set up single sign-on to take that link back."
)
NO_ROLES = "You are in no group that opens anything here. Ask whoever set up single sign-on."
SOMEBODY_ELSE = "You showed that you are somebody else than the person who is signed in here. Nothing was changed."


def arrive(connection: Connection, person: Vouched, *, now: datetime) -> User:
    """The person whose account this is, with the roles that their groups give. Raises Refused, saying what to do."""
    found = queries.identity(connection.id, person.issuer, person.subject)
    known = found[1] if found is not None else _known(connection, person)
    user = known or _make(connection, person, now)
    if not user.is_active:
        raise Refused(CLOSED)
    if found is not None:
        found[0].last_used_at = now
    else:
        _link(connection, user, person, now)
    if known is not None:
        _take_roles(connection, known, person, now)
    db.session.flush()
    return user


def check_same(connection: Connection, person: Vouched, user_id: int) -> None:
    """Raise `Refused` unless the provider vouches for the one who is signed in."""
    found = queries.identity(connection.id, person.issuer, person.subject)
    if found is None or found[0].user_id != user_id:
        raise Refused(SOMEBODY_ELSE)


def _known(connection: Connection, person: Vouched) -> User | None:
    """Whoever of this side has the address, where no other subject of the provider has their account."""
    found = queries.unlinked(connection, person.email, person.issuer)
    if found is not None and found[1]:
        raise Refused(ANOTHERS)
    return found[0] if found is not None else None


def _make(connection: Connection, person: Vouched, now: datetime) -> User:
    roles = roles_after(frozenset(), person.groups, _groups_by_role(connection), _usual(connection))
    if not connection.creates_accounts or queries.is_taken(person.email):
        raise Refused(NO_ACCOUNT)
    if not roles:
        raise Refused(NO_ROLES)
    user = User(
        ref=new_ref("U", User.ref),
        partner_id=connection.partner_id,
        email=person.email,
        name=person.name,
        created_at=now,
        accepted_at=now,
        grants=[],
    )
    db.session.add(user)
    db.session.flush()
    grant(None, user, roles, now)
    publish(AccountMade(**told(None, user, now), user_user_id=user.id))
    return user


def _link(connection: Connection, user: User, person: Vouched, now: datetime) -> None:
    if user.accepted_at is None:
        _accept(user, now)
    identity = Identity(issuer=person.issuer, subject=person.subject, linked_at=now, last_used_at=now)
    identity.connection_id, identity.user_id, identity.partner_id = connection.id, user.id, user.partner_id
    db.session.add(identity)
    publish(IdentityLinked(**told(user, user, now) | {"ref": connection.ref}, user_user_id=user.id))


def _accept(user: User, now: datetime) -> None:
    """An invitation is accepted by coming this way: its link opens nothing any more."""
    if user.invitation_revoked_at is not None:
        raise Refused(NO_ACCOUNT)
    user.accepted_at = now
    links.expire(user, now, LinkPurpose.INVITATION)
    publish(InvitationAccepted(**told(user, user, now), user_user_id=user.id))


def _take_roles(connection: Connection, user: User, person: Vouched, now: datetime) -> None:
    """What groups give replaces what they gave before. Whoever set the connection up changes no role of their own by
    it, an emergency's roles end by themselves, and the last program admin stays one."""
    if not connection.groups_by_role or user.id == connection.changed_by_id:
        return
    held, lent = user.lasting_roles, user.roles - user.lasting_roles
    roles = roles_after(held, person.groups, _groups_by_role(connection), _usual(connection)) - lent
    if Role.PROGRAM_ADMIN in held - roles and auth.is_last_admin(user.id):
        roles |= {Role.PROGRAM_ADMIN}
    if not roles:
        raise Refused(NO_ROLES)
    if roles == held:
        return
    regrant(None, user, roles, now)
    end_sessions(user.id, now)
    publish(RolesChanged(**told(None, user, now), user_user_id=user.id, roles=role_words(roles)))


def _groups_by_role(connection: Connection) -> dict[Role, tuple[str, ...]]:
    return {Role(role): tuple(names) for role, names in connection.groups_by_role.items()}


def _usual(connection: Connection) -> frozenset[Role]:
    return frozenset(Role(role) for role in connection.default_roles)
