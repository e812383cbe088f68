from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base, Versioned
from portal.protections.rules import ExtensionState

_COUNTS = sa.text(f"state <> '{ExtensionState.LAPSED.value}'")


class Extension(Versioned, Base):
    """A partner asks for more time, once for each protection, with what happened since."""

    __tablename__ = "extensions"
    __table_args__ = (
        sa.ForeignKeyConstraint(["partner_id", "referral_id"], ["referrals.partner_id", "referrals.id"]),
        sa.ForeignKeyConstraint(["partner_id", "by_id"], ["users.partner_id", "users.id"]),
        sa.Index("ix_extensions_state_asked_at", "state", "asked_at"),
        sa.Index("ix_extensions_referral_id", "referral_id"),
        sa.Index("uq_extensions_once", "referral_id", unique=True, sqlite_where=_COUNTS, postgresql_where=_COUNTS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"))
    referral_id: Mapped[int]
    by_id: Mapped[int]
    state: Mapped[ExtensionState]
    asked_at: Mapped[datetime]
    happened: Mapped[str] = mapped_column(sa.Text)
    """What happened since the introduction, in the partner's words: the evidence."""
    meets_on: Mapped[date | None]
    """When they next meet."""
    days: Mapped[int]
    """By how much it would be longer, by the terms."""
    settled_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    """What the partner reads of the decision."""
