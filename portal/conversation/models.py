from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.conversation.rules import Trouble
from portal.extensions import Base


class Message(Base):
    """What somebody said on a referral: to the other side, or as a note that our own people read."""

    __tablename__ = "messages"
    __table_args__ = (
        sa.UniqueConstraint("partner_id", "id"),
        sa.ForeignKeyConstraint(["partner_id", "referral_id"], ["referrals.partner_id", "referrals.id"]),
        sa.Index("ix_messages_referral_id_is_internal_id", "referral_id", "is_internal", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"))
    referral_id: Mapped[int]
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    at: Mapped[datetime]
    is_internal: Mapped[bool] = mapped_column(default=False)
    by_mail: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(sa.Text)
    mentions: Mapped[list[Any]] = mapped_column(default=list)
    """Who is spoken to, each as [id, the words that were typed]."""


class MessageFile(Base):
    """A file that went with a message; another may have the same bytes."""

    __tablename__ = "message_files"
    __table_args__ = (
        sa.ForeignKeyConstraint(["partner_id", "message_id"], ["messages.partner_id", "messages.id"]),
        sa.CheckConstraint("(erased_at IS NULL) = (sha256 IS NOT NULL)", name="file_until_erased"),
        sa.Index("ix_message_files_message_id", "message_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"))
    message_id: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(120))
    media_type: Mapped[str] = mapped_column(sa.String(80))
    size: Mapped[int]
    sha256: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    erased_at: Mapped[datetime | None]


class Conversation(Base):
    """Since when somebody of the partner's waits for a word of ours; one row for a referral on which they wrote."""

    __tablename__ = "conversations"
    __table_args__ = (
        sa.ForeignKeyConstraint(["partner_id", "referral_id"], ["referrals.partner_id", "referrals.id"]),
        sa.Index("ix_conversations_waits_since_referral_id", "waits_since", "referral_id"),
    )

    referral_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"))
    waits_since: Mapped[datetime | None]


class MessageRead(Base):
    """How far a person has read the conversation on a referral."""

    __tablename__ = "message_reads"
    __table_args__ = (sa.ForeignKeyConstraint(["partner_id", "referral_id"], ["referrals.partner_id", "referrals.id"]),)

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    referral_id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"))
    last_id: Mapped[int]


class ReceivedMail(Base):
    """A mail that came in, by the digest of its Message-ID: the same one twice counts once."""

    __tablename__ = "received_mails"
    __table_args__ = (sa.Index("ix_received_mails_user_id_referral_id_at", "user_id", "referral_id", "at"),)

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    referral_id: Mapped[int]
    at: Mapped[datetime]


class RefusedMail(Base):
    """A mail that came in and was not taken: who sent it, and why not. Nothing of what it said."""

    __tablename__ = "refused_mails"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    sender: Mapped[str] = mapped_column(sa.String(254))
    subject: Mapped[str] = mapped_column(sa.String(200))
    trouble: Mapped[Trouble]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    """Whose address for replies it was sent to."""
    referral_ref: Mapped[str] = mapped_column(sa.String(12), default="")


class Mailbox(Base):
    """How far the mailbox was read that replies come into. One row."""

    __tablename__ = "mailboxes"
    __table_args__ = (sa.CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    next_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    looked_at: Mapped[datetime | None]
    """When it was last read to its end."""
    uid_validity: Mapped[int] = mapped_column(default=0)
    last_uid: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(sa.String(500), default="")
    failures: Mapped[int] = mapped_column(default=0)


class SpentLink(Base):
    """A link in a mail by which something was done: once."""

    __tablename__ = "spent_links"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    at: Mapped[datetime]
