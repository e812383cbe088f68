from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base, Versioned
from portal.resources.rules import ResourceKind


class Resource(Versioned, Base):
    """A guide, or an ideal-customer profile. Partners read the published text; editors work on the draft."""

    __tablename__ = "resources"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    kind: Mapped[ResourceKind]
    title: Mapped[str] = mapped_column(sa.String(120))
    summary: Mapped[str] = mapped_column(sa.String(300))
    draft: Mapped[str] = mapped_column(sa.Text)
    updated_at: Mapped[datetime]
    updated_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    published_number: Mapped[int | None]
    """The edition that partners read; None: not published."""


class ResourceEdition(Base):
    """What was published, when and by whom. Kept as it was."""

    __tablename__ = "resource_editions"
    __table_args__ = (sa.UniqueConstraint("resource_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("resources.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(120))
    summary: Mapped[str] = mapped_column(sa.String(300))
    body: Mapped[str] = mapped_column(sa.Text)
    minutes: Mapped[int]
    """How long it takes to read, worked out when it was published."""
    published_at: Mapped[datetime]
    published_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))


class Reading(Base):
    """Which edition a person last opened, so that a change since then can be said."""

    __tablename__ = "readings"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("resources.id"), primary_key=True)
    edition_number: Mapped[int]
    read_at: Mapped[datetime]
