from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa

from portal import clock
from portal.activity.models import EventRow
from portal.attempts import GIVE_UP_AFTER, LEASE
from portal.notifications.models import Delivery
from portal.notifications.rules import ALWAYS_TOLD, DeliveryState
from portal.proof import check, rows

OVERDUE = LEASE + timedelta(hours=1)


@check("What somebody has to be told stands in the outbox, written with its event")
def told(connection: sa.Connection) -> Iterator[str]:
    """Of the last three days: what is older has been sent, or was given up where everyone sees it."""
    written = sa.exists().where(
        Delivery.ref == EventRow.ref, Delivery.created_at == EventRow.at, Delivery.event_kind == EventRow.kind
    )
    silent = sa.select(EventRow.seq, EventRow.kind, EventRow.ref).where(
        EventRow.kind.in_(ALWAYS_TOLD), EventRow.at > clock.now() - GIVE_UP_AFTER, ~written
    )
    for row in rows(connection, silent):
        yield f"Nobody was told of event {row.seq} ({row.kind} of {row.ref})."


@check("A message is sent within three days, or given up")
def settled(connection: sa.Connection) -> Iterator[str]:
    late = sa.select(Delivery.message_id, Delivery.give_up_at).where(
        Delivery.state == DeliveryState.PENDING, Delivery.give_up_at < clock.now() - OVERDUE
    )
    for row in rows(connection, late):
        yield f"Message {row.message_id} should have been sent or given up by {row.give_up_at:%Y-%m-%d %H:%M} UTC."
