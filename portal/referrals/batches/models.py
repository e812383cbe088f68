from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base
from portal.referrals.batches.rules import Decision
from portal.referrals.decline_reasons import DeclineReason


class ReferralBatch(Base):
    """One decision on several referrals: each is decided by itself, and the report says what became of it."""

    __tablename__ = "referral_batches"
    __table_args__ = (sa.Index("ix_referral_batches_by_id_at", "by_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    at: Mapped[datetime]
    decision: Mapped[Decision]
    reason: Mapped[DeclineReason | None]
    said: Mapped[str] = mapped_column(sa.Text, default="")
    """What each partner reads: the question, or the note to a decline."""
    rows: Mapped[list[Any]]
    """Of each referral [ref, version, result, sentence]; the result is empty while it has not had its turn."""
    done_at: Mapped[datetime | None]
