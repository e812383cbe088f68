from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.events import Audience
from portal.extensions import Base


class EventRow(Base):
    """One link of the record: gapless, append-only (by trigger), each holding the hash of the one before."""

    __tablename__ = "events"
    __table_args__ = (
        sa.Index("ix_events_ref_seq", "ref", "seq"),
        sa.Index("ix_events_partner_id_seq", "partner_id", "seq"),
        sa.Index("ix_events_by_id_seq", "by_id", "seq"),
        sa.Index("ix_events_kind_seq", "kind", "seq"),
        sa.Index("ix_events_by_id_kind_seq", "by_id", "kind", "seq"),
        sa.Index("ix_events_at_seq", "at", "seq"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(sa.String(60))
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    partner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("partners.id"))
    audience: Mapped[Audience]
    ref: Mapped[str] = mapped_column(sa.String(12))
    body: Mapped[dict[str, Any]]
    prev: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))


class EventHead(Base):
    """Where the record ends. One row, locked last in every transaction that appends."""

    __tablename__ = "event_head"
    __table_args__ = (sa.CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(sa.String(64))
