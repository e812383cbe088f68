from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.extensions import db
from portal.scope import owned_by
from portal.viewing.models import Viewing


def of_person(user: User, limit: int = 10) -> Sequence[Any]:
    """Who of staff looked on as this person, the latest first: name, reason, started_at, ends_at."""
    if user.partner_id is None:
        return []
    columns = (User.name, Viewing.reason, Viewing.started_at, Viewing.ends_at)
    looks = (
        sa.select(*columns)
        .join(User, User.id == Viewing.by_id)
        .where(Viewing.partner_id == user.partner_id, Viewing.user_id == user.id)
        .order_by(Viewing.started_at.desc())
        .limit(limit)
    )
    return db.session.execute(owned_by(looks, user.partner_id)).all()
