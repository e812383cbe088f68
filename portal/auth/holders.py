"""Who else may do something: the people to turn to, by name."""

import sqlalchemy as sa

from portal.auth.models import RoleGrant, User
from portal.auth.permissions import GRANTS, Permission
from portal.extensions import db
from portal.scope import all_partners, owned_by


def holders(permission: Permission, *, partner_id: int | None = None, but: int | None = None) -> list[str]:
    """Names of the active people of one company (None: our own) who hold the permission, without the user `but`."""
    roles = [role for role, grants in GRANTS.items() if permission in grants]
    found = (
        sa.select(User.id, User.name, User.email)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(User.partner_id == partner_id, User.disabled_at.is_(None), RoleGrant.role.in_(roles))
        .distinct()
        .order_by(User.name)
    )
    scoped = all_partners(found, "names of our own people") if partner_id is None else owned_by(found, partner_id)
    return [row.name or row.email for row in db.session.execute(scoped) if row.id != but]


def names(people: list[str]) -> str:
    """`Ana`, `Ana or Ben`, `Ana, Ben or Carl`."""
    return people[0] if len(people) == 1 else f"{', '.join(people[:-1])} or {people[-1]}"
