"""What was written to whom."""

from dataclasses import dataclass

import sqlalchemy as sa

from portal.auth.models import User
from portal.extensions import db
from portal.notifications.models import Delivery
from portal.proof import broken
from portal.scope import all_partners


@dataclass(frozen=True)
class Written:
    to: str
    subject: str
    text: str
    path: str


def outbox(kind: str | None = None) -> list[Written]:
    """Every message that stands in the outbox, or those of one kind of event."""
    wanted = sa.select(Delivery).order_by(Delivery.id)
    if kind:
        wanted = wanted.where(Delivery.event_kind == kind)
    rows = db.session.scalars(all_partners(wanted, "a test"))
    return [Written(row.to_address, row.subject, "\n".join(row.lines), row.action_path) for row in rows]


def told(kind: str) -> set[str]:
    return {each.to for each in outbox(kind)}


def mails(*people: User) -> set[str]:
    return {person.email for person in people}


def outbox_is_complete() -> None:
    missing = [sentence for sentence in broken() if "Nobody was told" in sentence or "Message " in sentence]
    assert missing == [], missing
