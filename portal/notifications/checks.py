from collections.abc import Iterator

import sqlalchemy as sa

from portal.activity.models import EventRow
from portal.attempts import GIVE_UP_AFTER, LEASE
from portal.notifications.models import Delivery
from portal.notifications.rules import ALWAYS_TOLD, DeliveryState
from portal.proof import check, rows
from portal.referrals.models import Referral


@check("What somebody has to be told stands in the outbox, written with its event")
def told(connection: sa.Connection) -> Iterator[str]:
    """Of the last three days on record: what is older has been sent, or was given up where everyone sees it."""
    newest = connection.scalar(sa.select(EventRow.at).order_by(EventRow.seq.desc()).limit(1))
    if newest is None:
        return
    written = sa.exists().where(
        Delivery.ref == EventRow.ref, Delivery.created_at == EventRow.at, Delivery.event_kind == EventRow.kind
    )
    silent = sa.select(EventRow.seq, EventRow.kind, EventRow.ref).where(
        EventRow.kind.in_(ALWAYS_TOLD), EventRow.at > newest - GIVE_UP_AFTER, ~written
    )
    for row in rows(connection, silent):
        yield f"Nobody was told of event {row.seq} ({row.kind} of {row.ref})."


@check("No message to a company bears the reference of another company's referral")
def whose(connection: sa.Connection) -> Iterator[str]:
    of_another = sa.select(Delivery.message_id, Delivery.ref).join(Referral, Referral.ref == Delivery.ref)
    for row in rows(connection, of_another.where(Delivery.partner_id != Referral.partner_id)):
        yield f"Message {row.message_id} bears {row.ref}, which is another company's."


@check("A message is sent within three days, or given up")
def settled(connection: sa.Connection) -> Iterator[str]:
    """Where later ones were sent, so that a worker ran."""
    last_sent_at = connection.scalar(sa.select(sa.func.max(Delivery.sent_at)))
    if last_sent_at is None:
        return
    late = sa.select(Delivery.message_id, Delivery.give_up_at).where(
        Delivery.state == DeliveryState.PENDING, Delivery.give_up_at < last_sent_at - LEASE
    )
    for row in rows(connection, late):
        yield f"Message {row.message_id} should have been sent or given up by {row.give_up_at:%Y-%m-%d %H:%M} UTC."
