"""Connections to identity providers, as they come about."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from portal.auth.models import User
from portal.auth.rules import Role
from portal.extensions import db
from portal.partners.models import Partner
from portal.scope import all_partners
from portal.sso import actions
from portal.sso.models import Connection, Identity
from portal.sso.rules import OF_STAFF, Settings
from tests.support.make import NOON

CLIENT_ID, SECRET = "portal", "a secret between the two"
NOBODY_THERE = "http://localhost:9"


def settings(**given: Any) -> Settings:
    usual: dict[str, Any] = {
        "issuer": NOBODY_THERE,
        "client_id": CLIENT_ID,
        "domains": ("brightwater.example",),
        "group_claim": "groups",
        "groups_by_role": {},
        "default_roles": frozenset(),
        "creates_accounts": False,
        "local_login_off": False,
    }
    return Settings(**usual | given)


def connection(
    by: User, *, secret: str = SECRET, on: bool = True, off_for_passwords: bool = False, **given: Any
) -> Connection:
    """The connection of this person's side, set up through the actions."""
    wanted = sa.select(Partner.ref).where(Partner.id == by.partner_id)
    owner = db.session.scalar(all_partners(wanted, "a test")) or OF_STAFF
    made = actions.set_up(by, settings(**given), owner=owner, partner_id=by.partner_id, secret=secret, now=NOON)
    if on:
        actions.enable(by, made, seen_version=made.version, now=NOON)
    made.local_login_off = off_for_passwords
    db.session.commit()
    return made


def came(made: Connection, user: User, subject: str, now: datetime = NOON) -> None:
    """The person has come by the connection before."""
    row = Identity(issuer=made.issuer, subject=subject, linked_at=now, last_used_at=now)
    row.connection_id, row.user_id, row.partner_id = made.id, user.id, made.partner_id
    db.session.add(row)
    db.session.commit()


def roles_of(user: User) -> set[Role]:
    """As the database has them now."""
    wanted = sa.select(User).where(User.id == user.id).options(selectinload(User.grants))
    return set(db.session.scalars(all_partners(wanted, "a test").execution_options(populate_existing=True)).one().roles)


def now_of(made: Connection) -> Connection:
    """As the database has it now."""
    wanted = sa.select(Connection).where(Connection.ref == made.ref).execution_options(populate_existing=True)
    return db.session.scalars(all_partners(wanted, "a test")).one()
