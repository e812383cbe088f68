"""Who else may do something: the people to turn to, by name."""

from typing import Any

import sqlalchemy as sa

from portal.auth.models import RoleGrant, User
from portal.auth.permissions import GRANTS, Permission
from portal.auth.rules import ROLE_LABEL
from portal.extensions import db
from portal.scope import all_partners, owned_by


def holders(
    permission: Permission, *, partner_id: int | None = None, but: int | None = None, nor: Any = None
) -> list[str]:
    """Names of the active people of one company (None: our own) who hold the permission, without the user `but`.

    `nor` is a SELECT of the ids of others who are no help either."""
    roles = [role for role, grants in GRANTS.items() if permission in grants]
    found = (
        sa.select(User.id, User.name, User.email)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(User.partner_id == partner_id, User.disabled_at.is_(None), RoleGrant.role.in_(roles))
        .distinct()
        .order_by(User.name)
    )
    if nor is not None:
        found = found.where(User.id.not_in(nor))
    scoped = all_partners(found, "names of our own people") if partner_id is None else owned_by(found, partner_id)
    return [row.name or row.email for row in db.session.execute(scoped) if row.id != but]


def who_else(permission: Permission, people: list[str]) -> str:
    """Who can do it instead, as a sentence; where nobody can, what there is to do about it."""
    if people:
        return f"{names(people)} can."
    roles = names([ROLE_LABEL[role].lower() for role, grants in GRANTS.items() if permission in grants])
    return f"Nobody else can now: a second {roles} is needed, for good or by emergency access."


def names(people: list[str]) -> str:
    """`Ana`, `Ana or Ben`, `Ana, Ben or Carl`."""
    return people[0] if len(people) == 1 else f"{', '.join(people[:-1])} or {people[-1]}"
