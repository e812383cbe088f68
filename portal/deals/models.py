from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.deals.rules import Channel, LostReason, Pipeline, Stage
from portal.extensions import Base, Versioned


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
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    partner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("partners.id"))
    referral_id: Mapped[int | None] = mapped_column(unique=True)
    channel: Mapped[Channel]
    pipeline: Mapped[Pipeline]
    stage: Mapped[Stage]
    stage_since: Mapped[datetime]
    company: Mapped[str] = mapped_column(sa.String(120))
    domain: Mapped[str] = mapped_column(sa.String(253), default="")
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    owner_rule: Mapped[str] = mapped_column(sa.String(120), default="")
    """Which routing rule chose the owner, in words."""
    next_step: Mapped[str] = mapped_column(sa.String(200), default="")
    next_step_on: Mapped[date | None]
    expected_minor: Mapped[int | None]
    value_minor: Mapped[int | None]
    currency: Mapped[str] = mapped_column(sa.String(3))
    created_at: Mapped[datetime]
    contacted_at: Mapped[datetime | None]
    meeting_at: Mapped[datetime | None]
    proposal_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    won_on: Mapped[date | None]
    lost_reason: Mapped[LostReason | None]
    close_note: Mapped[str] = mapped_column(sa.Text, default="")
    parked_until: Mapped[date | None]
    reopened: Mapped[int] = mapped_column(default=0)
