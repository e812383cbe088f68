from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base, Versioned
from portal.payouts.rules import RunState, StatementState


class Statement(Versioned, Base):
    """What a partner is owed, line by line, with the head of its ledger chain."""

    __tablename__ = "statements"
    __table_args__ = (
        sa.UniqueConstraint("partner_id", "id"),
        sa.Index("ix_statements_partner_id_issued_at", "partner_id", "issued_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"))
    state: Mapped[StatementState]
    total_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3))
    line_count: Mapped[int]
    pay_on: Mapped[date]
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    chain_seq: Mapped[int]
    chain_head: Mapped[str] = mapped_column(sa.String(64))


class PayoutRun(Versioned, Base):
    """One payment of many lines. Built by one person, released by another."""

    __tablename__ = "payout_runs"
    __table_args__ = (
        sa.CheckConstraint("released_by_id <> built_by_id", name="four_eyes_release"),
        sa.CheckConstraint("paid_by_id <> built_by_id", name="four_eyes_payment"),
        sa.CheckConstraint(
            "state NOT IN ('released', 'paid') OR released_by_id IS NOT NULL", name="released_by_someone"
        ),
        sa.CheckConstraint("(state = 'paid') = (paid_by_id IS NOT NULL)", name="paid_by_someone"),
        sa.CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled_at_a_time"),
        sa.Index("ix_payout_runs_built_at_id", "built_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    state: Mapped[RunState]
    currency: Mapped[str] = mapped_column(sa.String(3))
    total_minor: Mapped[int]
    line_count: Mapped[int]
    built_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    built_at: Mapped[datetime]
    released_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    released_at: Mapped[datetime | None]
    paid_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    paid_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]


class PayoutLine(Base):
    """A line pinned to a run before anything moves: a rule changed later changes nothing in it."""

    __tablename__ = "payout_lines"
    __table_args__ = (
        sa.ForeignKeyConstraint(["partner_id", "fee_line_id"], ["fee_lines.partner_id", "fee_lines.id"]),
        sa.Index(
            "uq_payout_lines_live_fee_line_id",
            "fee_line_id",
            unique=True,
            sqlite_where=sa.text("is_live"),
            postgresql_where=sa.text("is_live"),
        ),
        sa.Index("ix_payout_lines_run_id", "run_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("payout_runs.id"))
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"))
    fee_line_id: Mapped[int]
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3))
    payout_details_id: Mapped[int] = mapped_column(sa.ForeignKey("payout_details.id"))
    is_live: Mapped[bool] = mapped_column(default=True)
    """False once its run is cancelled, so that the line can go into another."""
