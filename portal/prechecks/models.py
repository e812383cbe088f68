from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base
from portal.prechecks.rules import Answer


class CompanyCheck(Base):
    """Who asked when whether which company is free, and what they were told."""

    __tablename__ = "company_checks"
    __table_args__ = (
        sa.ForeignKeyConstraint(["partner_id", "by_id"], ["users.partner_id", "users.id"]),
        sa.Index("ix_company_checks_partner_id_at_id", "partner_id", "at", "id"),
        sa.Index("ix_company_checks_at_id", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"))
    by_id: Mapped[int]
    at: Mapped[datetime]
    company: Mapped[str] = mapped_column(sa.String(120))
    """The name that was asked for; empty where it was a website."""
    domain: Mapped[str] = mapped_column(sa.String(253))
    asked: Mapped[str] = mapped_column(sa.String(253))
    """What was asked for without spelling: the same company asked for again is the same."""
    digest: Mapped[int]
    answer: Mapped[Answer]
