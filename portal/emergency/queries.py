from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from werkzeug.exceptions import NotFound

from portal.auth.holders import holders, who_else
from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.auth.rules import ROLE_LABEL
from portal.emergency.models import EmergencyGrant
from portal.emergency.rules import ASK_HOLDS, LABEL, TONE, GrantState, hour_words, state_of
from portal.extensions import db
from portal.moves import Tone
from portal.scope import all_partners

_WHY = "emergency access is of staff only"


@dataclass(frozen=True)
class Shown:
    """An emergency grant with the names of its people."""

    grant: EmergencyGrant
    state: GrantState
    name: str
    asker: str
    second: str
    """Who confirmed or refused it; empty while nobody has."""
    ender: str

    @property
    def role(self) -> str:
        return ROLE_LABEL[self.grant.role]

    @property
    def hours(self) -> str:
        return hour_words(self.grant.hours)

    @property
    def label(self) -> str:
        return LABEL[self.state]

    @property
    def tone(self) -> Tone:
        return TONE[self.state]


def latest(now: datetime, limit: int = 50) -> list[Shown]:
    """All that were asked for, the latest first."""
    person, asker, second, ender = (aliased(User) for _ in range(4))
    names = (person.name.label("name"), asker.name.label("asker"), second.name.label("second"))
    decided_by = sa.func.coalesce(EmergencyGrant.confirmed_by_id, EmergencyGrant.refused_by_id)
    found = (
        sa.select(EmergencyGrant, *names, ender.name.label("ender"))
        .join(person, person.id == EmergencyGrant.user_id)
        .join(asker, asker.id == EmergencyGrant.asked_by_id)
        .join(second, second.id == decided_by, isouter=True)
        .join(ender, ender.id == EmergencyGrant.ended_by_id, isouter=True)
        .order_by(EmergencyGrant.asked_at.desc(), EmergencyGrant.id.desc())
        .limit(limit)
    )
    return [_shown(row, now) for row in db.session.execute(all_partners(found, _WHY))]


def to_change(ref: str) -> EmergencyGrant:
    """Locked for whoever decides on it; 404 where there is none of this name."""
    wanted = sa.select(EmergencyGrant).where(EmergencyGrant.ref == ref).with_for_update()
    return db.one_or_404(wanted)  # type: ignore[no-any-return]


def with_name(ref: str) -> tuple[EmergencyGrant, str]:
    """The grant and the name of who gets it; 404 where there is none of this name."""
    wanted = sa.select(EmergencyGrant, User.name).join(User, User.id == EmergencyGrant.user_id)
    found = db.session.execute(all_partners(wanted.where(EmergencyGrant.ref == ref), _WHY)).one_or_none()
    if found is None:
        raise NotFound
    return found.EmergencyGrant, found.name


def who_confirms(asked_by_id: int, user_id: int) -> str:
    """Who can confirm: neither who asked nor who gets the role."""
    nor = sa.union(sa.select(sa.literal(asked_by_id)), sa.select(sa.literal(user_id)))
    return who_else(Permission.CONFIRM_EMERGENCY_ACCESS, holders(Permission.CONFIRM_EMERGENCY_ACCESS, nor=nor))


def colleagues() -> Sequence[Any]:
    """Our own people who can sign in, by name: ref, name."""
    ours = sa.select(User.ref, User.name).where(
        User.partner_id.is_(None), User.disabled_at.is_(None), User.accepted_at.is_not(None)
    )
    return db.session.execute(all_partners(ours.order_by(User.name, User.id), "names of our own people")).all()


def over(now: datetime, limit: int) -> list[int]:
    """Ids of those whose hour has come and that nobody has noted yet."""
    wanted = sa.select(EmergencyGrant.id).where(EmergencyGrant.ended_at.is_(None), EmergencyGrant.ends_at <= now)
    return list(db.session.scalars(wanted.order_by(EmergencyGrant.ends_at).limit(limit)))


def forgotten(now: datetime, limit: int) -> list[int]:
    """Ids of those that nobody decided on within their day, and that nobody was told of yet."""
    e = EmergencyGrant
    waits = (e.confirmed_at.is_(None), e.refused_at.is_(None), e.lapsed_at.is_(None), e.asked_at <= now - ASK_HOLDS)
    return list(db.session.scalars(sa.select(e.id).where(*waits).order_by(e.asked_at).limit(limit)))


def _shown(row: Any, now: datetime) -> Shown:
    grant: EmergencyGrant = row.EmergencyGrant
    state = state_of(
        asked_at=grant.asked_at,
        refused_at=grant.refused_at,
        ends_at=grant.ends_at,
        ended_at=grant.ended_at,
        now=now,
    )
    return Shown(grant, state, row.name, row.asker, row.second or "", row.ender or "")
