from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base


class EngagementVersion(Base):
    """Rules of engagement after those that the program begins with. A published version never changes."""

    __tablename__ = "engagement_versions"
    __table_args__ = (
        sa.CheckConstraint("number > 1", name="after_the_first"),
        sa.CheckConstraint("published_by_id <> created_by_id", name="four_eyes"),
        sa.CheckConstraint("(published_at IS NULL) = (published_by_id IS NULL)", name="published_by_someone"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    data: Mapped[dict[str, Any]]
    created_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
