from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.appeals.rules import AppealState
from portal.extensions import Base, Versioned
from portal.referrals.claims import About
from portal.referrals.decline_reasons import DeclineReason


class Appeal(Versioned, Base):
    """A disagreement with one decision, once, answered by somebody else than who decided."""

    __tablename__ = "appeals"
    __table_args__ = (
        sa.UniqueConstraint("referral_id", "about"),
        sa.ForeignKeyConstraint(["partner_id", "referral_id"], ["referrals.partner_id", "referrals.id"]),
        sa.ForeignKeyConstraint(["partner_id", "by_id"], ["users.partner_id", "users.id"]),
        sa.Index("ix_appeals_state_opened_at_id", "state", "opened_at", "id"),
        sa.Index("ix_appeals_opened_at_id", "opened_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"))
    referral_id: Mapped[int]
    about: Mapped[About]
    state: Mapped[AppealState]
    by_id: Mapped[int]
    opened_at: Mapped[datetime]
    text: Mapped[str] = mapped_column(sa.Text)
    """Why the partner sees it differently."""
    against_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    """Who took the decision, and therefore never answers the appeal (by trigger); empty where a rule did."""
    against_at: Mapped[datetime]
    decline_reason: Mapped[DeclineReason | None]
    decision_note: Mapped[str] = mapped_column(sa.Text)
    """What the partner was told of the decision, kept here when it is taken back."""
    settled_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    """What the partner reads of the answer."""
