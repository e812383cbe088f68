from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base


class UnsentForm(Base):
    """A form that came when its session had ended: shown again to the same person in the same browser, and to nobody
    else."""

    __tablename__ = "unsent_forms"
    __table_args__ = (sa.Index("ix_unsent_forms_user_id_browser_at", "user_id", "browser", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    browser: Mapped[str] = mapped_column(sa.String(64))
    """Digest of what the browser is known by: see auth/devices.py."""
    typed_sealed: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(index=True)
