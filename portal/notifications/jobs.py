"""Deliveries that are due leave the program."""

from datetime import datetime

from flask_mailman import BadHeaderError

from portal import attempts, mail
from portal.notifications.models import Delivery
from portal.notifications.rules import DeliveryState

LETTER = (
    Delivery.message_id,
    Delivery.to_address.label("to"),
    Delivery.subject,
    Delivery.lines,
    Delivery.created_at.label("at"),
    Delivery.action_label,
    Delivery.action_path,
)


def due(now: datetime, limit: int) -> list[tuple[int, int]]:
    return attempts.due(Delivery, now, limit)


def attempt(delivery_id: int, number: int, now: datetime) -> None:
    """Send the message. No transaction is open while the server answers."""
    row = attempts.claim(Delivery, delivery_id, number, now, *LETTER)
    if row is None:
        return
    try:
        mail.send(mail.Letter(**row._asdict()))
    except (OSError, BadHeaderError) as failure:
        attempts.fail(Delivery, delivery_id, number, now, str(failure) or type(failure).__name__)
    else:
        attempts.succeed(Delivery, delivery_id, number, state=DeliveryState.SENT, sent_at=now)
