"""Links that were asked for are sent to whoever has the address."""

from datetime import datetime

import sqlalchemy as sa

from portal import attempts
from portal.auth import actions, queries
from portal.auth.models import LinkRequest
from portal.extensions import db
from portal.scope import all_partners


def due(now: datetime, limit: int) -> list[tuple[int, int]]:
    return attempts.due(LinkRequest, now, limit)


def attempt(request_id: int, number: int, now: datetime) -> None:
    """Answer it and forget it, in one transaction: the address may be anybody's."""
    row = attempts.claim(LinkRequest, request_id, number, now, LinkRequest.email)
    if row is None:
        return
    actions.ask_reset(queries.by_email(row.email), now=now)
    answered = sa.delete(LinkRequest).where(LinkRequest.id == request_id)
    db.session.execute(all_partners(answered, "requests have no partner"))
    db.session.commit()
