from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base, Versioned
from portal.fields.rules import Kind


class ReferralField(Versioned, Base):
    """A question that this program asks in the form of a referral."""

    __tablename__ = "referral_fields"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    position: Mapped[int]
    label: Mapped[str] = mapped_column(sa.String(120))
    hint: Mapped[str] = mapped_column(sa.String(200), default="")
    kind: Mapped[Kind]
    choices: Mapped[list[Any]] = mapped_column(default=list)
    required: Mapped[bool]
    retired_at: Mapped[datetime | None]
    """Since when it is asked no more; the answers that were given stay."""
