from collections.abc import Iterator

import sqlalchemy as sa

from portal.auth.models import LoginSession, RoleGrant, User
from portal.auth.rules import PARTNER_ROLES, Role
from portal.proof import check, rows


@check("Everyone holds at least one role")
def roles(connection: sa.Connection) -> Iterator[str]:
    without = sa.select(User.ref).where(~sa.exists().where(RoleGrant.user_id == User.id))
    for (ref,) in rows(connection, without):
        yield f"{ref} holds no role."


@check("Everyone holds roles of their own side, and of the company that they belong to")
def sides(connection: sa.Connection) -> Iterator[str]:
    differs = User.partner_id.is_distinct_from(RoleGrant.partner_id)
    mixed = RoleGrant.role.in_(PARTNER_ROLES) == User.partner_id.is_(None)
    held = sa.select(User.ref, RoleGrant.role).join(RoleGrant, RoleGrant.user_id == User.id)
    for ref, role in rows(connection, held.where(differs | mixed)):
        yield f"{ref} holds the role {role}, which is not one of their side or company."


@check("Of those who were ever program admin, one can still sign in")
def admins(connection: sa.Connection) -> Iterator[str]:
    held = sa.select(sa.func.count(User.id)).join(RoleGrant, RoleGrant.user_id == User.id)
    held = held.where(RoleGrant.role == Role.PROGRAM_ADMIN)
    if connection.scalar(held) and not connection.scalar(held.where(User.disabled_at.is_(None))):
        yield "Every program admin is disabled, so nobody can manage people."


@check("Nobody who is disabled is signed in")
def sessions(connection: sa.Connection) -> Iterator[str]:
    open_still = (
        sa.select(User.ref, LoginSession.id)
        .join(LoginSession, LoginSession.user_id == User.id)
        .where(User.disabled_at.is_not(None), LoginSession.ended_at.is_(None))
    )
    for ref, session_id in rows(connection, open_still):
        yield f"{ref} is disabled, but session {session_id} has not ended."
