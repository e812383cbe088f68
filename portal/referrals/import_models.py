from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base


class RowResult(StrEnum):
    """What became of a row."""

    SENT = "sent"
    KNOWN = "known"
    REFUSED = "refused"


class ReferralImport(Base):
    """A file of referrals that a partner's person sent up: looked at, then sent, each row once."""

    __tablename__ = "referral_imports"
    __table_args__ = (
        sa.UniqueConstraint("partner_id", "id"),
        sa.Index("ix_referral_imports_partner_id_at_id", "partner_id", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"))
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    file_name: Mapped[str] = mapped_column(sa.String(120))
    file_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    """The rows as UTF-8; None once their month is over."""
    rows: Mapped[int]
    ready: Mapped[int]
    """Rows that could be sent when it was looked at."""
    done_at: Mapped[datetime | None]
    sent: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)


class ReferralImportRow(Base):
    """What became of one row of a file that was sent."""

    __tablename__ = "referral_import_rows"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["partner_id", "import_id"],
            ["referral_imports.partner_id", "referral_imports.id"],
            name="fk_referral_import_rows_import",
        ),
        sa.UniqueConstraint("import_id", "number"),
        sa.Index("uq_referral_import_rows_digest", "partner_id", "digest", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"))
    import_id: Mapped[int]
    number: Mapped[int]
    """As a spreadsheet counts it: the first one after the names is 2."""
    company: Mapped[str] = mapped_column(sa.String(120))
    result: Mapped[RowResult]
    referral_ref: Mapped[str | None] = mapped_column(sa.String(12))
    """What it became, or was already."""
    digest: Mapped[str | None] = mapped_column(sa.String(64))
    """Of a row that was sent: the same one, sent again, changes nothing."""
    notes: Mapped[list[Any]] = mapped_column(default=list)
    """What was wrong with it, in sentences."""
