"""Forms that nobody came back for, once their day is over."""

from datetime import datetime

import sqlalchemy as sa

from portal.extensions import db
from portal.unsent.models import UnsentForm
from portal.unsent.rules import KEPT_FOR


def due(now: datetime, limit: int) -> list[tuple[int, int]]:
    """The oldest, where it is past its day: all that are go with it."""
    oldest = sa.select(UnsentForm.id).where(UnsentForm.at < now - KEPT_FOR).order_by(UnsentForm.at, UnsentForm.id)
    return [(id_, 0) for id_ in db.session.scalars(oldest.limit(1))]


def attempt(_form_id: int, _number: int, now: datetime) -> None:
    db.session.execute(sa.delete(UnsentForm).where(UnsentForm.at < now - KEPT_FOR))
    db.session.commit()
