from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base


class Viewing(Base):
    """One look through a partner's user's eyes: who of staff, why and until when. The company's lead can read it."""

    __tablename__ = "viewings"
    __table_args__ = (
        sa.ForeignKeyConstraint(["partner_id", "user_id"], ["users.partner_id", "users.id"]),
        sa.CheckConstraint("reason <> ''", name="reason_given"),
        sa.Index("ix_viewings_partner_id_user_id_started_at", "partner_id", "user_id", "started_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"))
    user_id: Mapped[int]
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(sa.String(500))
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    """When it is over by itself; sooner where it was stopped."""
