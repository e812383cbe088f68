from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base, Versioned
from portal.partners.rules import PartnerState, PayoutDetailsState


class Partner(Versioned, Base):
    __tablename__ = "partners"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    legal_name: Mapped[str] = mapped_column(sa.String(160))
    country: Mapped[str] = mapped_column(sa.String(2))
    address: Mapped[str] = mapped_column(sa.String(400), default="")
    state: Mapped[PartnerState]
    state_since: Mapped[datetime]
    created_at: Mapped[datetime]
    tax_form_on: Mapped[date | None]
    """The day the tax form was put on file."""
    tax_form_kind: Mapped[str | None] = mapped_column(sa.String(20))

    chain_seq: Mapped[int] = mapped_column(default=0)
    chain_head: Mapped[str] = mapped_column(sa.String(64), default="0" * 64)
    """The last link of the partner's own chain of ledger transfers."""


class PayoutDetails(Base):
    """Where a partner is paid. A change is a proposal; a second person confirms it."""

    __tablename__ = "payout_details"
    __table_args__ = (
        sa.CheckConstraint("confirmed_by_id <> proposed_by_id", name="four_eyes"),
        sa.Index(
            "uq_payout_details_live",
            "partner_id",
            unique=True,
            sqlite_where=sa.text("state = 'confirmed'"),
            postgresql_where=sa.text("state = 'confirmed'"),
        ),
        sa.Index(
            "uq_payout_details_proposed",
            "partner_id",
            unique=True,
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"), index=True)
    holder: Mapped[str] = mapped_column(sa.String(120))
    account_sealed: Mapped[str] = mapped_column(sa.String(400))
    """The account number, encrypted and bound to this row."""
    account_masked: Mapped[str] = mapped_column(sa.String(40))
    state: Mapped[PayoutDetailsState]
    proposed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    proposed_at: Mapped[datetime]
    effective_at: Mapped[datetime]
    """A change of details that are in use is held 72 h, so that the old address can object."""
    confirmed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    confirmed_at: Mapped[datetime | None]
