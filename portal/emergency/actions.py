"""Emergency access, for when nobody else can act: asked for by one person, confirmed by a second, told to all."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.auth.models import RoleGrant, User
from portal.auth.permissions import Permission
from portal.auth.rules import ROLE_LABEL, Role
from portal.emergency import queries
from portal.emergency.events import EmergencyAsked, EmergencyEnded, EmergencyGranted, EmergencyLapsed, EmergencyRefused
from portal.emergency.models import EmergencyGrant
from portal.emergency.rules import HOURS, MAY_BE_LENT, GrantState, state_of
from portal.errors import Refused
from portal.events import publish
from portal.extensions import db
from portal.refs import new_ref
from portal.scope import all_partners


def ask(by: User, user: User, *, role: Role, hours: int, reason: str, now: datetime) -> EmergencyGrant:
    """Ask for a role, for oneself or a colleague. `user` has its grants loaded."""
    if user.partner_id is not None or not user.is_active:
        raise Refused("Emergency access is for people of staff who can sign in.", "person")
    if role not in MAY_BE_LENT or hours not in HOURS:
        raise Refused("This role is not lent, or not for so long.", "role")
    if role in user.roles:
        raise Refused(f"{user.name} is {ROLE_LABEL[role].lower()} already.", "role")
    grant = EmergencyGrant(
        ref=new_ref("E", EmergencyGrant.ref),
        user_id=user.id,
        role=role,
        hours=hours,
        reason=reason,
        asked_by_id=by.id,
        asked_at=now,
    )
    db.session.add(grant)
    db.session.flush()
    publish(EmergencyAsked(**_told(by.id, grant, now), hours=hours))
    return grant


def confirm(by: User, grant: EmergencyGrant, *, now: datetime) -> None:
    """The second person lets it begin. Raises `Refused` for whoever asked, and for who gets the role."""
    _check_waits(grant, now)
    if by.id in (grant.asked_by_id, grant.user_id):
        whose = "You asked for it" if by.id == grant.asked_by_id else "It is for you"
        who = queries.who_confirms(grant.asked_by_id, grant.user_id)
        raise Refused(f"{whose}, so a second person confirms it. {who}")
    held = sa.select(RoleGrant.id).where(RoleGrant.user_id == grant.user_id, RoleGrant.role == grant.role)
    if db.session.scalar(all_partners(held, "emergency access is of staff only")) is not None:
        raise Refused("They hold this role by now, so there is nothing to lend.")
    grant.confirmed_by_id, grant.confirmed_at = by.id, now
    grant.ends_at = now + timedelta(hours=grant.hours)
    db.session.flush()
    lent: dict[str, Any] = {"ends_at": grant.ends_at, "emergency_ref": grant.ref}
    db.session.add(RoleGrant(user_id=grant.user_id, role=grant.role, granted_by_id=by.id, granted_at=now, **lent))
    db.session.flush()
    publish(EmergencyGranted(**_told(by.id, grant, now), hours=grant.hours))


def refuse(by: User, grant: EmergencyGrant, *, now: datetime) -> None:
    """It does not begin. Whoever asked may take it back like this too."""
    _check_waits(grant, now)
    grant.refused_by_id, grant.refused_at = by.id, now
    db.session.flush()
    publish(EmergencyRefused(**_told(by.id, grant, now)))


def lapse(grant: EmergencyGrant, *, now: datetime) -> None:
    """Nobody confirmed it within its day: it does not begin any more. Raises `Refused` for any other."""
    if _state(grant, now) is not GrantState.LAPSED or grant.lapsed_at is not None:
        raise Refused("This still waits, or was decided on. Nothing was changed.")
    grant.lapsed_at = now
    db.session.flush()
    publish(EmergencyLapsed(**_told(None, grant, now)))


def end(by: User | None, grant: EmergencyGrant, *, now: datetime) -> None:
    """Take the role back. `by` is None where its hour has come: then it was over at that hour."""
    if grant.ends_at is None or grant.ended_at is not None:
        raise Refused("This emergency access does not run. Nothing was changed.")
    own = by is not None and by.id == grant.user_id
    if by is not None and not own and not by.may(Permission.SEE_EMERGENCY_ACCESS):
        raise Refused("It is ended by the person who has it, or by those who answer for people and money.")
    grant.ended_at, grant.ended_by_id = min(now, grant.ends_at), by.id if by is not None else None
    lent = sa.delete(RoleGrant).where(RoleGrant.emergency_ref == grant.ref)
    db.session.execute(all_partners(lent, "emergency access is of staff only"))
    db.session.flush()
    publish(EmergencyEnded(**_told(grant.ended_by_id, grant, now)))


def _state(grant: EmergencyGrant, now: datetime) -> GrantState:
    return state_of(
        asked_at=grant.asked_at,
        refused_at=grant.refused_at,
        ends_at=grant.ends_at,
        ended_at=grant.ended_at,
        now=now,
    )


def _check_waits(grant: EmergencyGrant, now: datetime) -> None:
    state = _state(grant, now)
    if state is GrantState.LAPSED or grant.lapsed_at is not None:
        raise Refused("Nobody confirmed it within a day. Ask anew if it is still needed.")
    if state is not GrantState.ASKED:
        raise Refused("This was decided on already. Nothing was changed.")


def _told(by_id: int | None, grant: EmergencyGrant, now: datetime) -> dict[str, Any]:
    role = ROLE_LABEL[grant.role].lower()
    return {"by": by_id, "at": now, "ref": grant.ref, "grant_id": grant.id, "user_user_id": grant.user_id, "role": role}
