from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.attempts import Attempted
from portal.documents.rules import DocumentKind, DocumentState
from portal.extensions import Base


class Document(Attempted, Base):
    """A PDF: first the row that says what it shows, later the file that the worker made of it."""

    __tablename__ = "documents"
    __table_args__ = (
        sa.UniqueConstraint("kind", "ref"),
        sa.CheckConstraint("(state = 'made') = (sha256 IS NOT NULL)", name="made_has_file"),
        sa.Index("ix_documents_state_next_at", "state", "next_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"), index=True)
    kind: Mapped[DocumentKind]
    ref: Mapped[str] = mapped_column(sa.String(12))
    """The public reference of the agreement or statement that it shows."""
    title: Mapped[str] = mapped_column(sa.String(200))
    html: Mapped[str] = mapped_column(sa.Text)
    """The whole source, frozen when it was asked for."""
    data: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    """The terms as data, attached to the PDF."""
    state: Mapped[DocumentState] = mapped_column(default=DocumentState.PENDING)
    sha256: Mapped[str | None] = mapped_column(sa.String(64))
    size: Mapped[int | None]
    made_at: Mapped[datetime | None]
