"""A role asked for, lent, and who was told."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.auth import queries as people
from portal.auth.models import RoleGrant, User
from portal.auth.rules import Role
from portal.emergency import actions
from portal.emergency.models import EmergencyGrant
from portal.extensions import db
from portal.notifications.models import Delivery
from portal.scope import all_partners
from tests.support import make, sales

APPROVER = Role.FINANCE_APPROVER
HOUR = timedelta(hours=1)


def someone(*roles: Role, name: str) -> User:
    return sales.detached(make.staff(*roles, name=name, has_password=True))


def asked(by: User, user: User, role: Role = APPROVER, now: datetime | None = None, hours: int = 4) -> EmergencyGrant:
    found = people.get_visible(by, user.ref)
    grant = actions.ask(by, found, role=role, hours=hours, reason="Payday.", now=now or clock.now())
    db.session.commit()
    return grant


def running(by: User, second: User, user: User, **given: Any) -> EmergencyGrant:
    grant = asked(by, user, **given)
    actions.confirm(second, grant, now=given.get("now") or clock.now())
    db.session.commit()
    return grant


def grant() -> EmergencyGrant:
    return db.session.scalars(sa.select(EmergencyGrant).execution_options(populate_existing=True)).one()


def roles_of(user: User) -> set[Role]:
    held = sa.select(RoleGrant.role).where(RoleGrant.user_id == user.id)
    return set(db.session.scalars(all_partners(held, "a test")))


def mails(kind: str) -> set[str]:
    wanted = sa.select(Delivery.to_address).where(Delivery.event_kind == kind)
    return set(db.session.scalars(all_partners(wanted, "a test")))
