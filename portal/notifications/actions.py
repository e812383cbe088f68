import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal import attempts
from portal.auth.models import User
from portal.errors import Refused
from portal.events import Event
from portal.extensions import db
from portal.notifications.messages import Message
from portal.notifications.models import Delivery
from portal.notifications.paces import Pace, next_digest, pace_of, package_of
from portal.notifications.readers import Reader
from portal.notifications.rules import DeliveryState
from portal.rows import add_rows
from portal.scope import all_partners, writes_for
from portal.sla.models import BusinessCalendar

Row = dict[str, Any]
SUBJECT_MOST = 200
NOBODY_THERE = "Nobody at the company can be told, so this came to you."


def tell(
    event: Event,
    readers: Iterable[Reader],
    words: Callable[[Reader], Message],
    *,
    receipt: bool = False,
    link_id: int | None = None,
    offers: dict[str, Any] | None = None,
    ref: str | None = None,
) -> None:
    """Write to each of them what happened. Whoever caused it is left out, unless it is a receipt.

    `ref` is that by which they know it, where it is not the event's: nobody's mail bears another company's."""
    write_all(messages(event, readers, words, receipt=receipt, link_id=link_id, offers=offers, ref=ref))


def messages(
    event: Event,
    readers: Iterable[Reader],
    words: Callable[[Reader], Message],
    *,
    receipt: bool = False,
    link_id: int | None = None,
    offers: dict[str, Any] | None = None,
    ref: str | None = None,
) -> Iterator[Row]:
    """The same as rows, for whoever has more to write."""
    for reader in readers:
        if reader.email and (reader.id != event.by or receipt):
            own = offers if reader.partner_id is not None else None
            yield _row(event, reader, words(reader), link_id, own, ref or event.ref)


def _row(event: Event, reader: Reader, message: Message, link_id: int | None, offers: Any, ref: str) -> Row:
    at_once = link_id or reader.stands_in
    pace = Pace.AT_ONCE if at_once else pace_of(reader.mails, package_of(type(event)))
    row = message_to(
        reader.email,
        message.subject,
        [NOBODY_THERE, *message.lines] if reader.stands_in else list(message.lines),
        now=event.at,
        action_label="" if reader.stands_in else message.action_label,
        action_path="" if reader.stands_in else message.action_path,
        link_id=link_id,
        offers=offers,
        user_id=reader.id,
        partner_id=reader.partner_id,
        event_kind=type(event).__name__,
        ref=ref,
    )
    return row if pace is Pace.AT_ONCE else row | _kept_back(reader, pace)


def _kept_back(reader: Reader, pace: Pace) -> Row:
    """The row says what was told, and that it waits for the day's mail or goes nowhere."""
    if pace is not Pace.DAILY:
        return {"state": DeliveryState.UNWANTED}
    calendar = db.session.scalar(sa.select(BusinessCalendar))
    next_at = next_digest(reader.now, reader.zone, calendar.holidays if calendar else ())
    return {"state": DeliveryState.KEPT, "next_at": next_at}


def choose_mails(by: User, chosen: Mapping[str, str]) -> None:
    """How soon each kind of message is sent to this person from now on."""
    own = sa.update(User).where(User.id == by.id).values(mails=dict(chosen) or None)
    db.session.execute(all_partners(own, "one's own settings"))


def message_to(
    address: str,
    subject: str,
    lines: list[str],
    *,
    now: datetime,
    action_label: str = "",
    action_path: str = "",
    link_id: int | None = None,
    offers: dict[str, Any] | None = None,
    user_id: int | None = None,
    partner_id: int | None = None,
    event_kind: str = "",
    ref: str = "",
) -> Row:
    """A message to one address as a row."""
    return {
        "message_id": secrets.token_hex(16),
        "to_address": address,
        "subject": subject[:SUBJECT_MOST],
        "lines": lines,
        "action_label": action_label,
        "action_path": action_path,
        "link_id": link_id,
        "offers": offers,
        "user_id": user_id,
        "partner_id": partner_id,
        "event_kind": event_kind,
        "ref": ref,
        "state": DeliveryState.PENDING,
        **attempts.asked(now),
    }


def write_all(rows: Iterable[Row]) -> None:
    """Messages that the worker sends once this transaction is committed."""
    written = list(rows)
    with writes_for(None):  # a partner's step is told to our people too, in the same transaction
        add_rows(Delivery, written)


def write_to(address: str, subject: str, lines: list[str], *, now: datetime, **more: Any) -> Delivery:
    """One such message, as `message_to` describes it."""
    delivery = Delivery(**message_to(address, subject, lines, now=now, **more))
    db.session.flush()  # what else waits is checked as a write of its own company
    with writes_for(None):
        db.session.add(delivery)
        db.session.flush()
    return delivery


def send_again(delivery: Delivery, *, now: datetime) -> None:
    """Another round of attempts for a message that was given up. Raises Refused for any other."""
    if delivery.state is not DeliveryState.DEAD:
        raise Refused("Only a message that could not be sent is sent again.")
    for name, value in attempts.again(now).items():
        setattr(delivery, name, value)
    db.session.flush()
