from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.deals.rules import Channel, LostReason, NurtureReason, Pipeline, Stage
from portal.extensions import Base, Versioned

_STILL: dict[str, Any] = dict.fromkeys(("sqlite_where", "postgresql_where"), sa.text("next_step_on > stalls_on"))
_LIVE: dict[str, Any] = dict.fromkeys(("sqlite_where", "postgresql_where"), sa.text("ended_at IS NULL"))


class Deal(Versioned, Base):
    """The sales truth, whatever channel it came from. A referral's deal belongs to its partner."""

    __tablename__ = "deals"
    __table_args__ = (
        sa.ForeignKeyConstraint(["partner_id", "referral_id"], ["referrals.partner_id", "referrals.id"]),
        sa.UniqueConstraint("partner_id", "id"),
        sa.CheckConstraint("(channel = 'referral') = (referral_id IS NOT NULL)", name="referral_of_channel"),
        sa.CheckConstraint("(referral_id IS NULL) OR (partner_id IS NOT NULL)", name="referral_has_partner"),
        sa.CheckConstraint("value_minor IS NULL OR value_minor > 0", name="value_positive"),
        sa.CheckConstraint("stage <> 'won' OR (value_minor IS NOT NULL AND won_on IS NOT NULL)", name="won_has_value"),
        sa.CheckConstraint("stage <> 'parked' OR parked_until IS NOT NULL", name="parked_has_return"),
        sa.CheckConstraint("stage <> 'lost' OR lost_reason IS NOT NULL", name="lost_has_reason"),
        sa.Index("ix_deals_stage_updated_at_id", "stage", "stage_since", "id"),
        sa.Index("ix_deals_owner_id_stage_since_id", "owner_id", "stage", "stage_since", "id"),
        sa.Index("ix_deals_owner_id_since_id", "owner_id", "stage_since", "id"),
        sa.Index("ix_deals_owner_id_next_step_on_id", "owner_id", "next_step_on", "id"),
        sa.Index("ix_deals_channel_stage_since_id", "channel", "stage_since", "id"),
        sa.Index("ix_deals_stage_since_id", "stage_since", "id"),
        sa.Index("ix_deals_partner_id_won_on", "partner_id", "won_on"),
        sa.Index("ix_deals_partner_id_stage_since_id", "partner_id", "stage_since", "id"),
        sa.Index("ix_deals_pipeline_stage_since_id", "pipeline", "stage_since", "id"),
        sa.Index("ix_deals_lost_reason_stage_since_id", "lost_reason", "stage_since", "id"),
        sa.Index("ix_deals_stage_next_step_on_id", "stage", "next_step_on", "id"),
        sa.Index("ix_deals_owner_id_stage_next_step_on_id", "owner_id", "stage", "next_step_on", "id"),
        sa.Index("ix_deals_stage_parked_until_id", "stage", "parked_until", "id"),
        sa.Index("ix_deals_owner_id_stage_parked_until_id", "owner_id", "stage", "parked_until", "id"),
        sa.Index("ix_deals_next_step_on_id", "next_step_on", "id"),
        sa.Index("ix_deals_closed_at_id", "closed_at", "id"),
        sa.Index("ix_deals_stalls_on_id", "stalls_on", "id"),
        sa.Index("ix_deals_owner_id_stalls_on_id", "owner_id", "stalls_on", "id"),
        sa.Index("ix_deals_still_owner_id_stalls_on_id", "owner_id", "stalls_on", "id", **_STILL),
        sa.Index("ix_deals_alert_on_id", "alert_on", "id"),
        sa.Index("ix_deals_owner_id_update_due_at_id", "owner_id", "update_due_at", "id"),
        sa.Index("ix_deals_merged_into_id", "merged_into_id"),
        sa.Index("ix_deals_domain", "domain"),
        sa.Index("uq_deals_external_ref", "external_ref", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    partner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("partners.id"))
    referral_id: Mapped[int | None] = mapped_column(unique=True)
    channel: Mapped[Channel] = mapped_column(active_history=True)
    pipeline: Mapped[Pipeline]
    stage: Mapped[Stage] = mapped_column(active_history=True)
    stage_since: Mapped[datetime]
    company: Mapped[str] = mapped_column(sa.String(120))
    domain: Mapped[str] = mapped_column(sa.String(253), default="")
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), active_history=True)
    owner_rule: Mapped[str] = mapped_column(sa.String(120), default="")
    """Which routing rule chose the owner, in words."""
    next_step: Mapped[str] = mapped_column(sa.String(200), default="")
    next_step_on: Mapped[date | None]
    expected_minor: Mapped[int | None] = mapped_column(active_history=True)
    value_minor: Mapped[int | None]
    currency: Mapped[str] = mapped_column(sa.String(3), active_history=True)
    created_at: Mapped[datetime]
    contacted_at: Mapped[datetime | None]
    meeting_at: Mapped[datetime | None]
    proposal_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None] = mapped_column(active_history=True)
    won_on: Mapped[date | None]
    lost_reason: Mapped[LostReason | None] = mapped_column(active_history=True)
    close_note: Mapped[str] = mapped_column(sa.Text, default="")
    parked_until: Mapped[date | None]
    parked_from: Mapped[Stage | None]
    """The stage that it returns to."""
    parked_because: Mapped[NurtureReason | None]
    reopened: Mapped[int] = mapped_column(default=0)
    expected_close_on: Mapped[date | None]
    probability: Mapped[int | None] = mapped_column(active_history=True)
    """In per cent, where the owner knows better than the stage; a move takes it back."""
    stalls_on: Mapped[date | None]
    """From which day it counts as stalled unless it is touched."""
    alert_on: Mapped[date | None]
    """When its owner is written to about it; empty once they were."""
    external_ref: Mapped[str | None] = mapped_column(sa.String(80))
    """What it is called where it was imported from: a second import knows it again."""
    merged_into_id: Mapped[int | None]
    update_due_at: Mapped[datetime | None]
    """By when the partner hears how it stands: as its clock says. Empty where none runs."""
    before: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    """How it stood before its last move, for a day's undo."""


class DealTotal(Base):
    """What an owner's open deals at a stage come to: a copy that `verify` adds up again, so that a board need not."""

    __tablename__ = "deal_totals"

    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    stage: Mapped[Stage] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(sa.String(3), primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
    expected_minor: Mapped[int] = mapped_column(default=0)
    weighted: Mapped[int] = mapped_column(default=0)
    """Minor units times per cent of probability."""


class LossTotal(Base):
    """How many deals of a channel were lost in a month, and why: a copy that `verify` counts again."""

    __tablename__ = "loss_totals"

    month: Mapped[date] = mapped_column(primary_key=True)
    """Its first day. Months are those of UTC: the program's zone may change."""
    reason: Mapped[LostReason] = mapped_column(primary_key=True)
    channel: Mapped[Channel] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=0)


class DealShare(Base):
    """What part of a deal's fees a partner has, by its own agreement, where several partners brought the deal.

    A deal of one partner has none. A row only ever ends: another division is new rows."""

    __tablename__ = "deal_shares"
    __table_args__ = (
        sa.ForeignKeyConstraint(["partner_id", "referral_id"], ["referrals.partner_id", "referrals.id"]),
        sa.CheckConstraint("share_bp BETWEEN 1 AND 9999", name="share_is_a_part"),
        sa.CheckConstraint("reason <> ''", name="for_a_reason"),
        sa.Index("ix_deal_shares_deal_id_id", "deal_id", "id"),
        sa.Index("uq_deal_shares_live_partner", "partner_id", "deal_id", unique=True, **_LIVE),
        sa.Index("uq_deal_shares_live_referral", "referral_id", unique=True, **_LIVE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(sa.ForeignKey("deals.id"))
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"))
    referral_id: Mapped[int]
    """The introduction by which the partner has it: its agreement is what the fee is booked under."""
    share_bp: Mapped[int]
    """In basis points; those of a deal that hold now add up to 10,000."""
    reason: Mapped[str] = mapped_column(sa.Text)
    """Read by staff only."""
    decided_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    decided_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class CustomerPayment(Base):
    """What the customer of a won deal paid or got back. A row never changes: a wrong one is taken back by another."""

    __tablename__ = "customer_payments"
    __table_args__ = (
        sa.CheckConstraint("amount_minor <> 0", name="amount_not_zero"),
        sa.Index("ix_customer_payments_deal_id_id", "deal_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    deal_id: Mapped[int] = mapped_column(sa.ForeignKey("deals.id"))
    partner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("partners.id"), index=True)
    amount_minor: Mapped[int]
    """Below zero where it went back to the customer, or takes back a row that was wrong."""
    currency: Mapped[str] = mapped_column(sa.String(3))
    paid_on: Mapped[date]
    reference: Mapped[str] = mapped_column(sa.String(80), default="")
    corrects_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customer_payments.id"), unique=True)
    """The row that this one takes back, whole."""
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    at: Mapped[datetime]


class Product(Base):
    """What is sold, as the program admin names it."""

    __tablename__ = "products"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80), unique=True)
    ended_at: Mapped[datetime | None]
    """Since when it is not offered for new deals."""


class DealProduct(Base):
    """What of a deal's value is for which product."""

    __tablename__ = "deal_products"
    __table_args__ = (sa.CheckConstraint("amount_minor > 0", name="amount_positive"),)

    deal_id: Mapped[int] = mapped_column(sa.ForeignKey("deals.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"), primary_key=True, index=True)
    amount_minor: Mapped[int]


class DealImport(Base):
    """A file of deals that somebody sent up: looked at first, taken in once, with a report of each row."""

    __tablename__ = "deal_imports"
    __table_args__ = (sa.Index("ix_deal_imports_by_id_at", "by_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    at: Mapped[datetime]
    file_name: Mapped[str] = mapped_column(sa.String(120))
    file_sha256: Mapped[str] = mapped_column(sa.String(64))
    rows: Mapped[int]
    ready: Mapped[int]
    notes: Mapped[list[Any]]
    """What was found when it was looked at, of the first few rows that have something: [row, sentence]."""
    done_at: Mapped[datetime | None]
    added: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    report_sha256: Mapped[str | None] = mapped_column(sa.String(64))


class Handover(Base):
    """A deal went from one owner to another. The first owner stands in the deal's first event."""

    __tablename__ = "handovers"
    __table_args__ = (sa.Index("ix_handovers_deal_id_id", "deal_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(sa.ForeignKey("deals.id"))
    from_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    to_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    """Read by staff only."""


class DealUpdate(Base):
    """How a deal stands, told by its owner to the partner that brought it."""

    __tablename__ = "deal_updates"
    __table_args__ = (
        sa.ForeignKeyConstraint(["partner_id", "deal_id"], ["deals.partner_id", "deals.id"]),
        sa.Index("ix_deal_updates_deal_id_id", "deal_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"), index=True)
    deal_id: Mapped[int]
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(sa.Text)
