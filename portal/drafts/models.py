from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base


class ReferralDraft(Base):
    """A referral that is being typed. No record of anything yet: it claims nothing, and its author alone sees it."""

    __tablename__ = "referral_drafts"
    __table_args__ = (
        sa.ForeignKeyConstraint(["partner_id", "by_id"], ["users.partner_id", "users.id"]),
        sa.UniqueConstraint("by_id", "form_key"),
        sa.Index("ix_referral_drafts_partner_id_by_id_saved_at", "partner_id", "by_id", "saved_at"),
        sa.Index("ix_referral_drafts_saved_at", "saved_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"))
    by_id: Mapped[int]
    form_key: Mapped[str] = mapped_column(sa.String(43))
    """Of the form that began it: a form that is saved twice before it was told the reference makes one draft."""
    title: Mapped[str] = mapped_column(sa.String(120))
    typed: Mapped[dict[str, Any]]
    """By the names of the form's fields, each as it was typed."""
    saved_at: Mapped[datetime]
