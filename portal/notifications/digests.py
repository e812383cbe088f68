"""The day's mail: what a person keeps for it waits as a row of the outbox, and goes out as one message at their eight
o'clock."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.extensions import db
from portal.formats import counted
from portal.notifications.actions import write_to
from portal.notifications.models import Delivery
from portal.notifications.paces import MOST_IN_DIGEST
from portal.notifications.rules import DeliveryState
from portal.program import the_program
from portal.scope import all_partners

_WHY = "what each person keeps for the day's mail"


KIND = "Digest"


def due(now: datetime, limit: int) -> list[tuple[int, int]]:
    """People for whom something waits whose time has come, each with the newest of it."""
    waits = sa.select(Delivery.user_id, sa.func.max(Delivery.id)).where(_waiting(now), Delivery.user_id.is_not(None))
    found = db.session.execute(all_partners(waits.group_by(Delivery.user_id).limit(limit), _WHY))
    return [(user_id, newest) for user_id, newest in found if user_id]


def attempt(user_id: int, newest: int, now: datetime) -> None:
    """Write the day's mail to one person, once: what it tells of is marked in the same transaction. Commits."""
    wanted = sa.select(Delivery).where(_waiting(now), Delivery.user_id == user_id, Delivery.id <= newest)
    kept = db.session.scalars(all_partners(wanted.order_by(Delivery.id).with_for_update(), _WHY)).all()
    person = sa.select(User.email, User.partner_id).where(User.id == user_id, User.disabled_at.is_(None))
    reader = db.session.execute(all_partners(person, _WHY)).one_or_none()
    for each in kept:
        each.state = DeliveryState.GATHERED if reader else DeliveryState.UNWANTED
    if kept and reader:
        _write(reader, user_id, kept, now)
    db.session.commit()


def _write(reader: Any, user_id: int, kept: Iterable[Delivery], now: datetime) -> None:
    told = [f"{each.subject}. {' '.join(map(str, each.lines[:1]))}".strip() for each in kept]
    more = len(told) - MOST_IN_DIGEST
    program = the_program()
    write_to(
        reader.email,
        f"{program.name if program else 'Partner portal'}: {counted(len(told), 'message')} since the last mail",
        [*told[:MOST_IN_DIGEST], *([f"And {more} more, which stand in the portal."] if more > 0 else [])],
        now=now,
        action_label="See it in the portal",
        action_path="/referrals/" if reader.partner_id else "/staff/",
        user_id=user_id,
        partner_id=reader.partner_id,
        event_kind=KIND,
    )


def _waiting(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(Delivery.state == DeliveryState.KEPT, Delivery.next_at <= now)
