from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from portal.auth.models import RoleGrant, User
from portal.auth.permissions import Permission
from portal.auth.rules import Role
from portal.extensions import db
from portal.partners.models import Partner
from portal.partners.rules import MAY_SIGN_IN
from portal.scope import all_partners, owned_by
from portal.sso.models import Connection, Domain, Identity
from portal.sso.rules import domain_of

BEFORE = "where to sign in, before anyone is known"


@dataclass(frozen=True)
class SetUp:
    """A connection with its domains."""

    connection: Connection
    domains: tuple[str, ...]
    name: str
    """Whose it is, as people say it."""


@dataclass(frozen=True)
class Came:
    """Somebody who came by a connection."""

    ref: str
    name: str
    email: str
    last_used_at: datetime


def visible_to(user: User) -> sa.Select[Any]:
    """A partner's people see their own company's; staff every company's, and their own where they see settings."""
    everything = sa.select(Connection)
    if user.partner_id is not None:
        return owned_by(everything.where(Connection.partner_id == user.partner_id), user.partner_id)
    if user.may(Permission.VIEW_SETTINGS):
        return all_partners(everything, "staff see how each company signs in")
    return all_partners(everything.where(Connection.partner_id.is_not(None)), "staff see how each company signs in")


def of_side(user: User, partner_id: int | None) -> SetUp | None:
    """The connection of one side, None where it has none or the reader may not see it."""
    wanted = visible_to(user).where(Connection.partner_id == partner_id)
    return _set_up(wanted)


def by_ref(ref: str) -> SetUp | None:
    """A connection that people may sign in through now."""
    return _set_up(all_partners(_usable(Connection.ref == ref), BEFORE))


def by_address(email: str) -> SetUp | None:
    """The same, for a mail address: known here or not."""
    of_domain = sa.select(Domain.connection_id).where(Domain.name == domain_of(email))
    return _set_up(all_partners(_usable(Connection.id.in_(of_domain)), BEFORE))


def is_any() -> bool:
    """Whether anybody can sign in through a provider."""
    enabled = sa.select(Connection.id).where(Connection.enabled_at.is_not(None)).limit(1)
    return db.session.scalar(all_partners(enabled, BEFORE)) is not None


def identity(connection_id: int, issuer: str, subject: str) -> tuple[Identity, User] | None:
    """Whose account this subject opens; locked. The person's roles come along."""
    wanted = (
        sa.select(Identity, User)
        .join(User, User.id == Identity.user_id)
        .options(selectinload(User.grants))
        .where(Identity.connection_id == connection_id, Identity.issuer == issuer, Identity.subject == subject)
        .with_for_update()
    )
    found = db.session.execute(all_partners(wanted, BEFORE)).first()
    return (found.Identity, found.User) if found is not None else None


def unlinked(connection: Connection, email: str, issuer: str) -> tuple[User, bool] | None:
    """The person of this side at the address, and whether another subject of the provider has their account."""
    taken = sa.exists().where(
        Identity.connection_id == connection.id, Identity.issuer == issuer, Identity.user_id == User.id
    )
    wanted = sa.select(User, taken.label("taken")).options(selectinload(User.grants)).where(User.email == email)
    wanted = wanted.where(User.partner_id.is_not_distinct_from(connection.partner_id))
    found = db.session.execute(all_partners(wanted, BEFORE)).first()
    return (found.User, found.taken) if found is not None else None


def is_taken(email: str) -> bool:
    """Whether anybody at all has this address."""
    return db.session.scalar(all_partners(sa.select(User.id).where(User.email == email), BEFORE)) is not None


def own(user: User) -> tuple[SetUp, Identity] | None:
    """The connection that this person has come by, where they still may."""
    mine = sa.select(Identity).where(Identity.user_id == user.id).order_by(Identity.last_used_at.desc()).limit(1)
    identity = db.session.scalar(all_partners(mine, "one's own account"))
    found = _set_up(all_partners(_usable(Connection.id == identity.connection_id), BEFORE)) if identity else None
    return (found, identity) if found is not None and identity is not None else None


def people(connection: Connection) -> list[Came]:
    """Who came by a connection that the reader was shown, the last first."""
    columns = (User.ref, User.name, User.email, Identity.last_used_at)
    came = (
        sa.select(*columns)
        .join(Identity, Identity.user_id == User.id)
        .where(Identity.connection_id == connection.id)
        .order_by(Identity.last_used_at.desc(), Identity.id.desc())
    )
    return [Came(row.ref, row.name, row.email, row.last_used_at) for row in db.session.execute(_of(came, connection))]


def identities(connection: Connection) -> Sequence[Identity]:
    """Of everyone who came by a connection."""
    wanted = sa.select(Identity).where(Identity.connection_id == connection.id)
    return db.session.scalars(_of(wanted, connection)).all()


def get_identity(connection: Connection, user_ref: str) -> Identity:
    """Of the person whose reference this is, where they came by the connection; 404 for any other."""
    wanted = sa.select(Identity).join(User, User.id == Identity.user_id)
    wanted = wanted.where(Identity.connection_id == connection.id, User.ref == user_ref)
    return db.one_or_404(_of(wanted, connection))  # type: ignore[no-any-return]


def domains(connection: Connection) -> Sequence[Domain]:
    return db.session.scalars(_of(sa.select(Domain).where(Domain.connection_id == connection.id), connection)).all()


def known_domains(partner_id: int, wanted: Collection[str]) -> set[str]:
    """In which of these domains somebody of the company has an address that they have shown to be theirs."""
    came = User.disabled_at.is_(None) & User.accepted_at.is_not(None)
    addresses = sa.select(User.email).where(User.partner_id == partner_id, came)
    return {domain_of(email) for email in db.session.scalars(owned_by(addresses, partner_id))} & set(wanted)


def foreign_domains(partner_id: int | None, wanted: Collection[str]) -> set[str]:
    """In which of these domains somebody else has an address, or a connection."""
    elsewhere = User.partner_id.is_distinct_from(partner_id)
    at_one = sa.or_(sa.false(), *(User.email.endswith(f"@{domain}", autoescape=True) for domain in wanted))
    addresses = all_partners(sa.select(User.email).where(elsewhere, at_one), "whose domain it is, and no more")
    return {domain_of(email) for email in db.session.scalars(addresses)} | claimed_domains(partner_id, wanted)


def claimed_domains(partner_id: int | None, wanted: Collection[str]) -> set[str]:
    """Which of these domains somebody else's connection is for."""
    elsewhere = Domain.partner_id.is_distinct_from(partner_id)
    claimed = sa.select(Domain.name).where(elsewhere, Domain.name.in_(wanted))
    return set(db.session.scalars(all_partners(claimed, "whose domain it is, and no more")))


def keeper() -> User | None:
    """The program admin of longest standing: their password works whatever happens to the provider."""
    admins = (
        sa.select(User)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(RoleGrant.role == Role.PROGRAM_ADMIN, RoleGrant.ends_at.is_(None))
        .where(User.disabled_at.is_(None), User.password_hash.is_not(None))
        .order_by(RoleGrant.granted_at, RoleGrant.id)
        .limit(1)
    )
    return db.session.scalar(all_partners(admins, "staff only: a partner's people hold no such role"))


def _usable(which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Switched on, of staff or of a company whose people may sign in."""
    may = sa.or_(Connection.partner_id.is_(None), Partner.state.in_(MAY_SIGN_IN))
    return sa.select(Connection).where(which, Connection.enabled_at.is_not(None), may)


def _set_up(wanted: sa.Select[Any]) -> SetUp | None:
    full = (
        wanted.join(Partner, Partner.id == Connection.partner_id, isouter=True)
        .join(Domain, Domain.connection_id == Connection.id, isouter=True)
        .add_columns(Domain.name.label("domain"), Partner.name.label("company"))
        .order_by(Domain.name)
    )
    rows = db.session.execute(full).all()
    if not rows:
        return None
    domains = tuple(row.domain for row in rows if row.domain is not None)
    return SetUp(rows[0].Connection, domains, rows[0].company or "")


def _of(statement: sa.Select[*tuple[Any, ...]], connection: Connection) -> sa.Select[*tuple[Any, ...]]:
    if connection.partner_id is None:
        return all_partners(statement, "our own people")
    return owned_by(statement, connection.partner_id)
