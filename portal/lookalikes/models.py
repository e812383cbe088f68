from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base, Versioned
from portal.lookalikes.rules import HoldState, Kind


class CompanyName(Base):
    """A company that a record is about, as it is found by others that look like it."""

    __tablename__ = "company_names"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind]
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    """Of the referral, the deal or the hold."""
    partner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("partners.id"))
    """None: it is ours."""
    name: Mapped[str] = mapped_column(sa.String(120))
    domain: Mapped[str] = mapped_column(sa.String(253))
    words: Mapped[str] = mapped_column(sa.String(300))
    """The name as it is compared, taken apart once: see `names.py`."""
    label: Mapped[str] = mapped_column(sa.String(130))
    """The domain as it is compared."""
    since: Mapped[datetime]
    """From when on it counts; for a referral that was held before, since the hold began."""
    until: Mapped[datetime | None]
    """When a hold ends."""
    person: Mapped[int | None]
    """Keyed digest of the contact's mail address: a mark that says nothing by itself."""
    phone: Mapped[int | None]
    """The same of the number."""


class CompanyKey(Base):
    """By what a company is found: see `keys.py`.

    No foreign key: eight rows a company, each written with it, never taken away but with it; a check looks."""

    __tablename__ = "company_keys"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[int] = mapped_column(sa.BigInteger(), primary_key=True, autoincrement=False)
    company_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class LookalikeFinding(Base):
    """What looked like a referral when it arrived, kept as it was said then."""

    __tablename__ = "lookalike_findings"
    __table_args__ = (
        sa.UniqueConstraint("ref", "other_ref"),
        sa.CheckConstraint("score BETWEEN 1 AND 100", name="score"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12))
    other_ref: Mapped[str] = mapped_column(sa.String(12))
    score: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.String(200))
    found_at: Mapped[datetime]


class SoftHold(Versioned, Base):
    """A company that was free is kept for a partner for a day, while it asks the prospect."""

    __tablename__ = "soft_holds"
    __table_args__ = (
        sa.ForeignKeyConstraint(["partner_id", "by_id"], ["users.partner_id", "users.id"]),
        sa.CheckConstraint("(state = 'used') = (referral_ref IS NOT NULL)", name="used_by_referral"),
        sa.CheckConstraint("ends_at > starts_at", name="ends_later"),
        sa.Index("ix_soft_holds_partner_id_state_ends_at", "partner_id", "state", "ends_at"),
        sa.Index("ix_soft_holds_state_ends_at", "state", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"))
    by_id: Mapped[int]
    state: Mapped[HoldState]
    company: Mapped[str] = mapped_column(sa.String(120))
    """As it was asked for; empty where the website was."""
    domain: Mapped[str] = mapped_column(sa.String(253))
    """Empty where the name was asked for."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    referral_ref: Mapped[str | None] = mapped_column(sa.String(12))
    """What it became."""
