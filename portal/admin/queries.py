from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.documents.models import Document
from portal.documents.queries import WITHOUT_SOURCE
from portal.documents.rules import DocumentKind, DocumentState
from portal.extensions import db
from portal.notifications.models import Delivery
from portal.notifications.rules import DeliveryState
from portal.scope import all_partners
from portal.sla.models import Promise
from portal.sla.rules import PROMISED_MINUTES, ClockKind

MOST = 100
_WHY = "job health"


def promises() -> dict[ClockKind, int]:
    """Promised working minutes by kind, as set or as usual."""
    set_to = {row.kind: row.minutes for row in db.session.execute(sa.select(Promise.kind, Promise.minutes))}
    return PROMISED_MINUTES | set_to


def delivery(message_id: str) -> Delivery | None:
    return db.session.scalar(all_partners(sa.select(Delivery).where(Delivery.message_id == message_id), _WHY))


def document(kind: DocumentKind, ref: str) -> Document | None:
    """Without its source: a document is asked for again as it was."""
    wanted = sa.select(Document).where(Document.kind == kind, Document.ref == ref).options(*WITHOUT_SOURCE)
    return db.session.scalar(all_partners(wanted, _WHY))


def unsent_deliveries() -> Sequence[Any]:
    """Mails that wait or were given up, the given up first."""
    d = Delivery
    columns = (d.message_id, d.to_address, d.subject, d.state, d.attempts, d.next_at, d.error)
    wanted = (
        sa.select(*columns)
        .where(d.state.in_((DeliveryState.PENDING, DeliveryState.DEAD)))
        .order_by(d.state, d.next_at, d.id)
        .limit(MOST)
    )
    return db.session.execute(all_partners(wanted, _WHY)).all()


def unmade_documents() -> Sequence[Any]:
    """PDFs that wait or were given up, the given up first."""
    d = Document
    columns = (d.kind, d.ref, d.title, d.state, d.attempts, d.next_at, d.error)
    wanted = (
        sa.select(*columns)
        .where(d.state.in_((DocumentState.PENDING, DocumentState.DEAD)))
        .order_by(d.state, d.next_at, d.id)
        .limit(MOST)
    )
    return db.session.execute(all_partners(wanted, _WHY)).all()


def last_sent_at() -> datetime | None:
    """When the latest of the mails left."""
    newest = (
        sa.select(Delivery.sent_at).where(Delivery.state == DeliveryState.SENT).order_by(Delivery.id.desc()).limit(1)
    )
    return db.session.scalar(all_partners(newest, _WHY))
