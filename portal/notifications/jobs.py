"""Deliveries that are due leave the program."""

from datetime import datetime

import sqlalchemy as sa
from flask_mailman import BadHeaderError

from portal import attempts, mail
from portal.auth.links import path_of
from portal.auth.models import AccountLink
from portal.conversation import mail_links
from portal.extensions import db
from portal.notifications.leaving import ways_out
from portal.notifications.models import Delivery
from portal.notifications.replying import reply_of
from portal.notifications.rules import DeliveryState

LETTER = (
    Delivery.message_id,
    Delivery.to_address.label("to"),
    Delivery.subject,
    Delivery.lines,
    Delivery.created_at.label("at"),
    Delivery.action_label,
    Delivery.action_path,
    Delivery.link_id,
    Delivery.user_id,
    Delivery.partner_id,
    Delivery.event_kind,
    Delivery.offers,
)


def due(now: datetime, limit: int) -> list[tuple[int, int]]:
    return attempts.due(Delivery, now, limit)


def attempt(delivery_id: int, number: int, now: datetime) -> None:
    """Send the message. No transaction is open while the server answers."""
    row = attempts.claim(Delivery, delivery_id, number, now, *LETTER)
    if row is None:
        return
    letter = row._asdict()
    user_id, offers = letter.pop("user_id"), letter.pop("offers")
    kind = letter.pop("event_kind")
    letter |= ways_out(letter, kind, user_id)
    letter |= reply_of(user_id, letter.pop("partner_id"), kind, letter)
    if offers and user_id:
        letter["links"] = tuple(mail_links.paths(offers, user_id, letter["at"]))
    if link_id := letter.pop("link_id"):
        letter["action_path"] = _path_of(link_id)
    try:
        mail.send(mail.Letter(**letter))
    except (OSError, BadHeaderError) as failure:
        attempts.fail(Delivery, delivery_id, number, now, str(failure) or type(failure).__name__)
    else:
        attempts.succeed(Delivery, delivery_id, number, state=DeliveryState.SENT, sent_at=now)


def _path_of(link_id: int) -> str:
    path = path_of(db.session.scalars(sa.select(AccountLink).where(AccountLink.id == link_id)).one())
    db.session.rollback()
    return path
