from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base, Versioned
from portal.sla.rules import OPEN_STATES, ClockKind, ClockState


class BusinessCalendar(Base):
    """Working hours and holidays that our promises are counted in. One row for the program."""

    __tablename__ = "business_calendars"

    id: Mapped[int] = mapped_column(primary_key=True)
    time_zone: Mapped[str] = mapped_column(sa.String(64))
    week: Mapped[list[Any]]
    """Seven days from Monday, each a list of [opens, closes] in minutes after midnight."""
    holidays: Mapped[list[Any]]
    """ISO dates."""
    holiday_names: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    """By ISO date: what the day is called, and which region it was filled in from, if any."""
    region: Mapped[str] = mapped_column(sa.String(12), default="", server_default="")
    """Whose public holidays are filled in, like DE-BY; empty: nobody's."""
    filled_to: Mapped[int | None]
    """The last year that they were filled in for."""


class Promise(Base):
    """How fast we answer, in working minutes."""

    __tablename__ = "promises"

    kind: Mapped[ClockKind] = mapped_column(primary_key=True)
    minutes: Mapped[int]


class SlaClock(Versioned, Base):
    __tablename__ = "sla_clocks"
    __table_args__ = (
        sa.Index("ix_sla_clocks_state_due_at", "state", "due_at"),
        sa.Index("ix_sla_clocks_state_settled_at_due_at", "state", "settled_at", "due_at"),
        sa.Index("ix_sla_clocks_warn_at_id", "warn_at", "id"),
        sa.Index("ix_sla_clocks_kind_ended_at_took", "kind", "ended_at", "took_minutes", "state"),
        sa.UniqueConstraint("ref", "kind", "started_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"), index=True)
    ref: Mapped[str] = mapped_column(sa.String(12))
    """The public reference of the record that waits for us."""
    kind: Mapped[ClockKind]
    state: Mapped[ClockState]
    promised_minutes: Mapped[int]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    used_minutes: Mapped[int] = mapped_column(default=0)
    """Working minutes that had passed at the last pause."""
    warn_at: Mapped[datetime | None]
    """When whoever owes the answer is reminded; empty once they were, and while it does not run."""
    ended_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    """When the answer came, late or not, or none was owed any more. A missed clock stays open until then."""
    took_minutes: Mapped[int | None]
    """Working minutes from start to answer, pauses left out."""

    @property
    def is_open(self) -> bool:
        """Whether an answer is still owed, be it late."""
        return self.state in OPEN_STATES or (self.state is ClockState.BREACHED and self.settled_at is None)
