from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base

_CONFIRMED = sa.Column("confirmed_at").is_not(None)


class TotpSecret(Base):
    """An authenticator app. It counts from when a code of it was given; one person has one that counts."""

    __tablename__ = "totp_secrets"
    __table_args__ = (
        sa.Index(
            "ix_totp_secrets_user_id_confirmed",
            "user_id",
            unique=True,
            sqlite_where=_CONFIRMED,
            postgresql_where=_CONFIRMED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(22), unique=True)
    """Where the secret is sealed for."""
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    sealed: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)
    """Of 30 seconds each, counted from 1970: the one whose code was last taken. No code up to it is taken again."""


class RecoveryCode(Base):
    """A code on paper. The row holds its digest, and when it was used: once."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Passkey(Base):
    """A key pair whose private half stays in a person's device or on a stick."""

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    credential_id: Mapped[str] = mapped_column(sa.String(1364), unique=True)
    """In base64url; WebAuthn allows 1,023 bytes."""
    public_key: Mapped[str] = mapped_column(sa.Text)
    sign_count: Mapped[int]
    transports: Mapped[list[Any]]
    is_synced: Mapped[bool]
    """Kept by a password manager that carries it to other devices."""
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class SpentChallenge(Base):
    """What a passkey has answered: the same answer is not taken twice. Forgotten once it would be too old anyhow."""

    __tablename__ = "spent_challenges"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
