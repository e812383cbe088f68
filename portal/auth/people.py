"""What every change to somebody's account has in common."""

from datetime import datetime
from typing import Any

from portal.auth.models import RoleGrant, User
from portal.auth.rules import Role
from portal.errors import Refused
from portal.extensions import db


def id_of(user: User | None) -> int | None:
    return user.id if user is not None else None


def told(by: User | None, user: User, now: datetime) -> dict[str, Any]:
    """What every event about a person holds."""
    return {"by": id_of(by), "at": now, "ref": user.ref, "partner_id": user.partner_id}


def stay_in_own_company(by: User | None, partner_id: int | None) -> None:
    if by is not None and by.partner_id is not None and by.partner_id != partner_id:
        raise Refused("You can invite people and give roles in your own company only.")


def grant(by: User | None, user: User, roles: frozenset[Role], now: datetime) -> None:
    for role in sorted(roles):
        given = RoleGrant(user_id=user.id, partner_id=user.partner_id, role=role, granted_at=now)
        given.granted_by_id = id_of(by)
        db.session.add(given)
    db.session.flush()


def regrant(by: User | None, user: User, roles: frozenset[Role], now: datetime) -> None:
    """These roles and no others. `user` has its grants loaded."""
    for given in user.grants:
        if given.role not in roles and given.ends_at is None:
            db.session.delete(given)
    grant(by, user, roles - user.lasting_roles, now)
