from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.documents.models import Document
from portal.extensions import db
from portal.notifications.models import Delivery
from portal.scope import all_partners
from portal.sla.models import BusinessCalendar, Promise
from portal.sla.rules import ClockKind

MOST = 100
_WHY = "job health"


def promises() -> dict[ClockKind, int]:
    """Promised working minutes by kind."""
    return {row.kind: row.minutes for row in db.session.execute(sa.select(Promise.kind, Promise.minutes))}


def calendar() -> BusinessCalendar:
    return db.session.scalars(sa.select(BusinessCalendar)).one()


def unsent_deliveries() -> Sequence[sa.Row[Any]]:
    """Mails that wait or were given up, the given up first."""
    wanted = (
        sa.select(
            Delivery.id,
            Delivery.to_address,
            Delivery.subject,
            Delivery.state,
            Delivery.attempts,
            Delivery.next_at,
            Delivery.error,
        )
        .where(Delivery.state != "sent")
        .order_by(Delivery.state, Delivery.next_at, Delivery.id)
        .limit(MOST)
    )
    return db.session.execute(all_partners(wanted, _WHY)).all()


def unmade_documents() -> Sequence[sa.Row[Any]]:
    wanted = (
        sa.select(
            Document.id,
            Document.ref,
            Document.title,
            Document.state,
            Document.attempts,
            Document.next_at,
            Document.error,
        )
        .where(Document.state != "made")
        .order_by(Document.state, Document.next_at, Document.id)
        .limit(MOST)
    )
    return db.session.execute(all_partners(wanted, _WHY)).all()


def last_sent_at() -> datetime | None:
    newest = sa.select(Delivery.sent_at).where(Delivery.state == "sent").order_by(Delivery.id.desc()).limit(1)
    return db.session.scalar(all_partners(newest, _WHY))
