from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base, Versioned
from portal.fees.rules import LineState

_APPROVED = "'approved', 'payable', 'scheduled', 'paid', 'failed'"
_STATED = "'payable', 'scheduled', 'paid', 'failed'"


class FeeLine(Versioned, Base):
    """Money earned. Amount, trace and what they rest on are frozen by trigger; only the state moves."""

    __tablename__ = "fee_lines"
    __table_args__ = (
        sa.UniqueConstraint("partner_id", "id"),
        sa.ForeignKeyConstraint(["partner_id", "agreement_id"], ["agreements.partner_id", "agreements.id"]),
        sa.ForeignKeyConstraint(["partner_id", "statement_id"], ["statements.partner_id", "statements.id"]),
        sa.CheckConstraint("amount_minor <> 0", name="amount_not_zero"),
        sa.CheckConstraint("approved_by_id <> paid_by_id", name="four_eyes"),
        sa.CheckConstraint(f"state NOT IN ({_APPROVED}) OR approved_by_id IS NOT NULL", name="approved_by_someone"),
        sa.CheckConstraint(f"state NOT IN ({_STATED}) OR pay_on IS NOT NULL", name="payable_has_day"),
        sa.CheckConstraint("(state = 'paid') = (paid_by_id IS NOT NULL)", name="paid_by_someone"),
        sa.CheckConstraint("(paid_at IS NULL) = (paid_by_id IS NULL)", name="paid_at_a_time"),
        sa.Index("ix_fee_lines_partner_id_booked_at_id", "partner_id", "booked_at", "id"),
        sa.Index("ix_fee_lines_booked_at_id", "booked_at", "id"),
        sa.Index("ix_fee_lines_state_booked_at_id", "state", "booked_at", "id"),
        sa.Index("ix_fee_lines_partner_id_state", "partner_id", "state"),
        sa.Index("ix_fee_lines_deal_id", "deal_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"))
    deal_id: Mapped[int] = mapped_column(sa.ForeignKey("deals.id"))
    """The partner's own, or one that it has a share of: a trigger sees to it."""
    agreement_id: Mapped[int]
    fee_plan_id: Mapped[int] = mapped_column(sa.ForeignKey("fee_plans.id"))
    rule: Mapped[str] = mapped_column(sa.String(60))
    cause: Mapped[str] = mapped_column(sa.String(80), unique=True)
    """What it was booked for, once only: `won:<deal ref>:<rule>`, with a number where that was taken back before."""
    corrects_id: Mapped[int | None] = mapped_column(sa.ForeignKey("fee_lines.id"))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3))
    inputs: Mapped[dict[str, Any]]
    trace: Mapped[list[Any]]
    booked_at: Mapped[datetime]

    state: Mapped[LineState]
    approved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    approved_at: Mapped[datetime | None]
    statement_id: Mapped[int | None]
    pay_on: Mapped[date | None]
    """The day on which the statement says that it is paid."""
    paid_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    paid_at: Mapped[datetime | None]


class FeeYear(Base):
    """What a partner earned and was paid in a calendar year: a copy that `verify` recomputes and compares."""

    __tablename__ = "fee_years"

    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    currency: Mapped[str] = mapped_column(sa.String(3), primary_key=True)
    earned_minor: Mapped[int] = mapped_column(default=0)
    paid_minor: Mapped[int] = mapped_column(default=0)
