from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.attempts import Attempted
from portal.extensions import Base
from portal.privacy.rules import JobState, Reason, Subject


class Erasure(Attempted, Base):
    """The order to erase a person, and what is left of it: references and digests, never who it was."""

    __tablename__ = "erasures"
    __table_args__ = (
        sa.CheckConstraint("state <> 'done' OR erased_at IS NOT NULL", name="done_is_erased"),
        sa.Index("ix_erasures_state_next_at", "state", "next_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    subject: Mapped[Subject]
    subject_ref: Mapped[str] = mapped_column(sa.String(12), index=True)
    """The account, or the first referral that names the contact."""
    refs: Mapped[list[Any]] = mapped_column(default=list)
    """The account, or every referral that named the contact: what is erased again after a restore."""
    reason: Mapped[Reason]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    """None: asked for on the command line, or again after a restore."""
    salt: Mapped[str] = mapped_column(sa.String(32), default="")
    digest: Mapped[str] = mapped_column(sa.String(64), default="")
    """Of the mail address, keyed and salted: whoever has the address can ask whether it was erased."""
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    leftovers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Files and mails that no row names any more, until they are deleted."""
    state: Mapped[JobState] = mapped_column(default=JobState.PENDING)
    erased_at: Mapped[datetime | None]
    """When the rows were emptied."""
    done_at: Mapped[datetime | None]
    """When the files, the mails and the free space of the database were, too."""


class PersonExport(Attempted, Base):
    """Everything about a person in one file, made by the worker for whoever asked."""

    __tablename__ = "person_exports"
    __table_args__ = (
        sa.CheckConstraint("(state = 'done') = (sha256 IS NOT NULL)", name="done_has_file"),
        sa.Index("ix_person_exports_state_next_at", "state", "next_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    subject: Mapped[Subject]
    subject_ref: Mapped[str] = mapped_column(sa.String(12), index=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    released: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    """References of files that somebody looked at and let go along."""
    state: Mapped[JobState] = mapped_column(default=JobState.PENDING)
    sha256: Mapped[str | None] = mapped_column(sa.String(64))
    size: Mapped[int | None]
    made_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]


class RetentionRun(Attempted, Base):
    """One night's look for what is past its time. Its id is its day, as 20261118."""

    __tablename__ = "retention_runs"
    __table_args__ = (sa.Index("ix_retention_runs_state_next_at", "state", "next_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    leftovers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[JobState] = mapped_column(default=JobState.PENDING)
    ended_at: Mapped[datetime | None]
