from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base, Versioned
from portal.routing.rules import MOST_WEIGHT


class RoutingRule(Versioned, Base):
    """Which deals go to whom, before those that nobody named go to whoever has the fewest."""

    __tablename__ = "routing_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    position: Mapped[int]
    countries: Mapped[list[Any]] = mapped_column(default=list)
    words: Mapped[list[Any]] = mapped_column(default=list)
    employees_from: Mapped[int | None]
    employees_to: Mapped[int | None]
    for_partner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("partners.id"))
    languages: Mapped[list[Any]] = mapped_column(default=list)
    off_since: Mapped[datetime | None]


class RoutingMember(Base):
    """Somebody whom a rule names; with several of them the turn goes around by weight."""

    __tablename__ = "routing_members"
    __table_args__ = (
        sa.UniqueConstraint("rule_id", "user_id"),
        sa.CheckConstraint(f"weight BETWEEN 1 AND {MOST_WEIGHT}", name="weight_counts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(sa.ForeignKey("routing_rules.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    weight: Mapped[int] = mapped_column(default=1)
    credit: Mapped[int] = mapped_column(default=0)
    """What they are owed of the round so far."""


class WorkLimit(Base):
    """How many open deals one person gets at most. Nobody has a limit who has no row."""

    __tablename__ = "work_limits"
    __table_args__ = (sa.CheckConstraint("most_open > 0", name="most_open_counts"),)

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    most_open: Mapped[int]


class Absence(Base):
    """From when to when somebody of ours is away, both days included, and who stands in."""

    __tablename__ = "absences"
    __table_args__ = (
        sa.CheckConstraint("until_on >= from_on", name="ends_after_it_begins"),
        sa.CheckConstraint("stand_in_id IS NULL OR stand_in_id <> user_id", name="by_another"),
        sa.Index("ix_absences_until_on", "until_on"),
        sa.Index("ix_absences_user_id_until_on", "user_id", "until_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    stand_in_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    made_at: Mapped[datetime]
