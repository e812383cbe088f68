"""Emergency access whose hour has come is taken back, and everyone concerned is told."""

from datetime import datetime

import sqlalchemy as sa

from portal.emergency import actions, queries
from portal.emergency.models import EmergencyGrant
from portal.extensions import db


def due(now: datetime, limit: int) -> list[tuple[int, int]]:
    return [(grant_id, 1) for grant_id in queries.over(now, limit)]


def attempt(grant_id: int, number: int, now: datetime) -> None:
    """End it, unless somebody has meanwhile."""
    wanted = sa.select(EmergencyGrant).where(EmergencyGrant.id == grant_id, EmergencyGrant.ended_at.is_(None))
    grant = db.session.scalars(wanted.with_for_update()).one_or_none()
    if grant is not None:
        actions.end(None, grant, now=now)
    db.session.commit()
