from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.criteria.rules import Outcome
from portal.extensions import Base


class ReferralCorrection(Base):
    """What the partner corrected after it was sent: old and new, and how it was read before."""

    __tablename__ = "referral_corrections"
    __table_args__ = (
        sa.ForeignKeyConstraint(["partner_id", "referral_id"], ["referrals.partner_id", "referrals.id"]),
        sa.Index("ix_referral_corrections_partner_id_referral_id_at", "partner_id", "referral_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"))
    referral_id: Mapped[int]
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    at: Mapped[datetime]
    changes: Mapped[list[Any]]
    """Each [what, old, new], in words."""
    reading_before: Mapped[dict[str, Any]]
    """What the criteria said of it until then; the referral has the new one."""
    outcome_before: Mapped[Outcome]
    outcome_after: Mapped[Outcome]
    """The same where the correction changed nothing that counts."""
