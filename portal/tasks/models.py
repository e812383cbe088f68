from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base, Versioned
from portal.tasks.rules import TaskKind


class Task(Versioned, Base):
    """One thing that one of us does by a day, about a deal or about nothing in particular."""

    __tablename__ = "tasks"
    __table_args__ = (
        sa.CheckConstraint("(done_at IS NULL) = (done_by_id IS NULL)", name="done_by_someone"),
        sa.Index("ix_tasks_owner_id_done_at_due_on_id", "owner_id", "done_at", "due_on", "id"),
        sa.Index("ix_tasks_remind_on_id", "remind_on", "id"),
        sa.Index("ix_tasks_deal_id_due_on", "deal_id", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    kind: Mapped[TaskKind]
    title: Mapped[str] = mapped_column(sa.String(200))
    due_on: Mapped[date]
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    deal_id: Mapped[int | None] = mapped_column(sa.ForeignKey("deals.id"))
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    dropped_at: Mapped[datetime | None]
    """Since when a rule no longer asks for it."""
    remind_on: Mapped[date | None]
    """When its owner is written to; empty once they were, or where it is done."""


class CalendarFeed(Base):
    """The secret address at which a person's calendar is read. Only the hash of the secret is kept."""

    __tablename__ = "calendar_feeds"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    made_at: Mapped[datetime]
