from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.attempts import Attempted
from portal.extensions import Base
from portal.notifications.rules import Channel, DeliveryState


class Delivery(Attempted, Base):
    """A message that leaves the program: a row in the transaction that causes it, sent by the worker afterwards."""

    __tablename__ = "deliveries"
    __table_args__ = (
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_time"),
        sa.Index("ix_deliveries_state_next_at", "state", "next_at"),
        sa.Index("ix_deliveries_ref_created_at", "ref", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(sa.String(32), unique=True)
    """Random; the Message-ID on the wire is made of it, so that a repeat is recognised."""
    channel: Mapped[Channel] = mapped_column(default=Channel.MAIL)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    partner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("partners.id"), index=True)
    to_address: Mapped[str] = mapped_column(sa.String(254))
    subject: Mapped[str] = mapped_column(sa.String(200))
    lines: Mapped[list[Any]]
    """The paragraphs, as plain text."""
    action_label: Mapped[str] = mapped_column(sa.String(80), default="")
    action_path: Mapped[str] = mapped_column(sa.String(500), default="")
    """Where the button leads, below the public address."""
    link_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account_links.id"))
    """The button leads to this link instead; its address is made when the message is sent and stored nowhere."""
    offers: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    """What else can be done from the mail without signing in: the referral, its version, and the purposes of the links,
    which are signed when the message is sent."""
    event_kind: Mapped[str] = mapped_column(sa.String(60), default="")
    ref: Mapped[str] = mapped_column(sa.String(12), default="")
    """The public reference of the record that the message is about."""
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.PENDING)
    sent_at: Mapped[datetime | None]
