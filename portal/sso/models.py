from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base, Versioned


class Connection(Versioned, Base):
    """How one side signs in through its own identity provider: staff, or a partner's people."""

    __tablename__ = "sso_connections"
    __table_args__ = (
        sa.UniqueConstraint("partner_id", "id"),
        sa.CheckConstraint("(owner = 'staff') = (partner_id IS NULL)", name="of_one_side"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    owner: Mapped[str] = mapped_column(sa.String(12), unique=True)
    """`staff`, or the company's reference: each has one connection."""
    partner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("partners.id"), index=True)
    issuer: Mapped[str] = mapped_column(sa.String(300))
    client_id: Mapped[str] = mapped_column(sa.String(300))
    client_secret_sealed: Mapped[str] = mapped_column(sa.String(1000))
    group_claim: Mapped[str] = mapped_column(sa.String(200))
    groups_by_role: Mapped[dict[str, Any]]
    default_roles: Mapped[list[Any]]
    """What somebody holds whom no group gives a role. None: they do not come in."""
    creates_accounts: Mapped[bool] = mapped_column(default=False)
    """Whoever the provider vouches for gets an account when they first come; otherwise they are invited before."""
    local_login_off: Mapped[bool] = mapped_column(default=False)
    counts_as_second_factor: Mapped[bool] = mapped_column(default=False)
    """The provider asks for a second factor itself."""
    enabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    """Whoever set it up last: their own roles it does not change."""


class Domain(Base):
    """A mail domain whose people sign in through a connection."""

    __tablename__ = "sso_domains"
    __table_args__ = (
        sa.ForeignKeyConstraint(["partner_id", "connection_id"], ["sso_connections.partner_id", "sso_connections.id"]),
    )

    name: Mapped[str] = mapped_column(sa.String(253), primary_key=True)
    connection_id: Mapped[int] = mapped_column(sa.ForeignKey("sso_connections.id"), index=True)
    partner_id: Mapped[int | None]


class Identity(Base):
    """Whose account a subject of a provider opens. By the subject, because a mail address may change hands."""

    __tablename__ = "sso_identities"
    __table_args__ = (
        sa.UniqueConstraint("connection_id", "issuer", "subject"),
        sa.UniqueConstraint("connection_id", "issuer", "user_id"),
        sa.ForeignKeyConstraint(["partner_id", "user_id"], ["users.partner_id", "users.id"]),
        sa.ForeignKeyConstraint(["partner_id", "connection_id"], ["sso_connections.partner_id", "sso_connections.id"]),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(sa.ForeignKey("sso_connections.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    partner_id: Mapped[int | None]
    issuer: Mapped[str] = mapped_column(sa.String(300))
    subject: Mapped[str] = mapped_column(sa.String(255))
    linked_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
