"""Emergency access whose hour has come is taken back, and what nobody confirmed in time lapses; those concerned are
told."""

from datetime import datetime

import sqlalchemy as sa

from portal.emergency import actions, queries
from portal.emergency.models import EmergencyGrant
from portal.extensions import db

END, LAPSE = 1, 2
_UNTOLD = (EmergencyGrant.refused_at.is_(None), EmergencyGrant.lapsed_at.is_(None))


def due(now: datetime, limit: int) -> list[tuple[int, int]]:
    over = [(grant_id, END) for grant_id in queries.over(now, limit)]
    return over + [(grant_id, LAPSE) for grant_id in queries.forgotten(now, limit - len(over))]


def attempt(grant_id: int, number: int, now: datetime) -> None:
    """End it or let it lapse, unless somebody has meanwhile."""
    e = EmergencyGrant
    still = (e.ended_at.is_(None), e.ends_at <= now) if number == END else (e.confirmed_at.is_(None), *_UNTOLD)
    wanted = sa.select(e).where(e.id == grant_id, *still).with_for_update()
    grant = db.session.scalars(wanted).one_or_none()
    if grant is not None and number == END:
        actions.end(None, grant, now=now)
    elif grant is not None:
        actions.lapse(grant, now=now)
    db.session.commit()
