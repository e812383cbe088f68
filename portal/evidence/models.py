from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.evidence.rules import Finding, PieceKind
from portal.extensions import Base


class EvidencePiece(Base):
    """One proof of how an introduction was made. It stays as it was added; what it shows is read anew where the contact
    is corrected."""

    __tablename__ = "evidence_pieces"
    __table_args__ = (
        sa.ForeignKeyConstraint(["partner_id", "referral_id"], ["referrals.partner_id", "referrals.id"]),
        sa.Index("ix_evidence_pieces_referral_id", "referral_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"), index=True)
    referral_id: Mapped[int]
    kind: Mapped[PieceKind]
    finding: Mapped[Finding]
    added_at: Mapped[datetime]
    added_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))

    name: Mapped[str] = mapped_column(sa.String(120), default="")
    """What the file was called where it came from."""
    size: Mapped[int] = mapped_column(default=0)
    media_type: Mapped[str] = mapped_column(sa.String(40), default="")
    """Found in the bytes."""
    sha256: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    """None for a note, and once the file is erased."""
    says: Mapped[str] = mapped_column(sa.Text, default="")
    """The note, or what the file shows, in the words of who added it."""
    happened_on: Mapped[date | None]
    people: Mapped[str] = mapped_column(sa.String(200), default="")
    """Who took part."""

    sender: Mapped[str] = mapped_column(sa.String(320), default="")
    recipients: Mapped[list[Any]] = mapped_column(default=list)
    subject: Mapped[str] = mapped_column(sa.String(200), default="")
    message_id: Mapped[str] = mapped_column(sa.String(255), default="")
    sent_at: Mapped[datetime | None]
    names_us: Mapped[bool] = mapped_column(default=False)
    """Of a mail: whether its subject or its own words have our name."""


class HeldFile(Base):
    """A file of a form that came back, kept for its next try; after a day it is gone."""

    __tablename__ = "held_files"
    __table_args__ = (sa.Index("ix_held_files_user_id_token", "user_id", "token"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    token: Mapped[str] = mapped_column(sa.String(43))
    """Names the form."""
    name: Mapped[str] = mapped_column(sa.String(120))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
