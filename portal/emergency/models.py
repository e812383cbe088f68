from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.auth.rules import Role
from portal.emergency.rules import MOST_HOURS
from portal.extensions import Base


class EmergencyGrant(Base):
    """A role for a few hours. One person asks, another one, who does not get it, confirms."""

    __tablename__ = "emergency_grants"
    __table_args__ = (
        sa.CheckConstraint("confirmed_by_id <> asked_by_id", name="two_people"),
        sa.CheckConstraint("confirmed_by_id <> user_id", name="not_to_oneself"),
        sa.CheckConstraint(f"hours BETWEEN 1 AND {MOST_HOURS}", name="hours_at_most"),
        sa.CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmed_by_someone"),
        sa.CheckConstraint("(confirmed_at IS NULL) = (ends_at IS NULL)", name="ends_once_confirmed"),
        sa.CheckConstraint("refused_at IS NULL OR confirmed_at IS NULL", name="refused_or_confirmed"),
        sa.CheckConstraint("ended_at IS NULL OR confirmed_at IS NOT NULL", name="ended_once_confirmed"),
        sa.CheckConstraint("reason <> ''", name="reason_given"),
        sa.Index("ix_emergency_grants_ended_at_ends_at", "ended_at", "ends_at"),
        sa.Index("ix_emergency_grants_asked_at_id", "asked_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    """Who gets the role."""
    role: Mapped[Role]
    hours: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.String(500))
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    asked_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    confirmed_at: Mapped[datetime | None]
    refused_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    refused_at: Mapped[datetime | None]
    lapsed_at: Mapped[datetime | None]
    """When whoever asked was told that nobody confirmed it in time."""
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    """Who ended it before its hour; None where it ended by itself."""
