from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base, Versioned
from portal.referrals.decline_reasons import DeclineReason
from portal.referrals.entered import EnteredHow
from portal.referrals.notices import Basis, Purpose
from portal.referrals.rules import OPEN, Ending, IntroducedHow, ProtectionState, Status, Timing

_IS_DECIDED = sa.text("decided_at IS NOT NULL")
_IS_OPEN = sa.text(f"status IN ({', '.join(sorted(repr(str(status)) for status in OPEN))})")
_IS_ASKED = sa.text("answer_by IS NOT NULL")
_IS_CLEAR = sa.text("rule_at IS NOT NULL")


def _where(condition: Any) -> dict[str, Any]:
    """An index of some of the rows."""
    return {"sqlite_where": condition, "postgresql_where": condition}


class Referral(Versioned, Base):
    __tablename__ = "referrals"
    __table_args__ = (
        sa.UniqueConstraint("partner_id", "id"),
        sa.ForeignKeyConstraint(["partner_id", "by_id"], ["users.partner_id", "users.id"]),
        sa.ForeignKeyConstraint(["partner_id", "agreement_id"], ["agreements.partner_id", "agreements.id"]),
        sa.Index("ix_referrals_partner_id_received_at_id", "partner_id", "received_at", "id"),
        sa.Index("ix_referrals_partner_id_status_received_at_id", "partner_id", "status", "received_at", "id"),
        sa.Index("ix_referrals_partner_id_by_id_received_at_id", "partner_id", "by_id", "received_at", "id"),
        sa.Index("ix_referrals_received_at_id", "received_at", "id"),
        sa.Index("ix_referrals_status_received_at_id", "status", "received_at", "id"),
        sa.Index("ix_referrals_status_due_at_id", "status", "due_at", "id"),
        sa.Index("ix_referrals_due_at_id", "due_at", "id"),
        sa.Index("ix_referrals_partner_id_due_at_id", "partner_id", "due_at", "id"),
        sa.Index("ix_referrals_country_received_at_id", "country", "received_at", "id"),
        sa.Index("ix_referrals_decided_at_id", "decided_at", "id", **_where(_IS_DECIDED)),
        sa.Index("ix_referrals_partner_id_decided_at_id", "partner_id", "decided_at", "id", **_where(_IS_DECIDED)),
        sa.Index("ix_referrals_domain_partner_id", "domain", "partner_id"),
        sa.Index("ix_referrals_contact_email_contact_name", "contact_email", "contact_name"),
        sa.Index(
            "uq_referrals_open_domain",
            "partner_id",
            "domain",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        sa.Index(
            "ix_referrals_rule_at",
            "rule_at",
            sqlite_where=_IS_CLEAR,
            postgresql_where=_IS_CLEAR,
        ),
        sa.Index(
            "ix_referrals_warned_answer_by",
            "warned",
            "answer_by",
            sqlite_where=_IS_ASKED,
            postgresql_where=_IS_ASKED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"))
    by_id: Mapped[int]
    """The partner's person who introduced them."""
    entered_by_id: Mapped[int | None]
    """Who of staff entered it for the partner, and therefore never decides on it (by trigger)."""
    entered_how: Mapped[EnteredHow | None]
    """How it reached us; `received_at` says when."""
    status: Mapped[Status]
    received_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """When we owe the next answer; far in the future where we owe none (a list sorts by it)."""

    company: Mapped[str] = mapped_column(sa.String(120))
    website: Mapped[str] = mapped_column(sa.String(253))
    domain: Mapped[str] = mapped_column(sa.String(253))
    country: Mapped[str] = mapped_column(sa.String(2))
    industry: Mapped[str] = mapped_column(sa.String(80), default="")
    employees: Mapped[int | None]
    contact_name: Mapped[str] = mapped_column(sa.String(120))
    contact_title: Mapped[str] = mapped_column(sa.String(120))
    contact_email: Mapped[str] = mapped_column(sa.String(254))
    contact_phone: Mapped[str] = mapped_column(sa.String(40), default="")
    need: Mapped[str] = mapped_column(sa.Text)
    timing: Mapped[Timing]
    budget: Mapped[str] = mapped_column(sa.String(120), default="")
    decider: Mapped[str] = mapped_column(sa.String(120), default="")
    public_tender: Mapped[bool]
    expected_minor: Mapped[int | None]
    """What the partner thinks a first deal may come to, in the currency of its agreement."""
    more_answers: Mapped[list[Any] | None]
    """To the questions of this program's own, each with the question as it was asked: see `fields.rules.Answer`."""
    introduced_how: Mapped[IntroducedHow]
    introduction: Mapped[str] = mapped_column(sa.Text, default="")
    """How the introduction was made, in the partner's words."""
    consent_at: Mapped[datetime]
    """When the partner stated that the prospect agrees to be contacted: the basis that their data is kept on."""
    purpose: Mapped[Purpose] = mapped_column(default=Purpose.INTRODUCTION, server_default=Purpose.INTRODUCTION)
    basis: Mapped[Basis] = mapped_column(default=Basis.CONSENT, server_default=Basis.CONSENT)
    notice_number: Mapped[int] = mapped_column(default=1, server_default="1")
    """Which wording of purpose and basis was told when it was submitted."""
    erased_at: Mapped[datetime | None]
    """Since when it says nothing of the contact any more."""

    agreement_id: Mapped[int]
    """The agreement in force when it was submitted: its terms hold for this referral for good."""
    criteria_number: Mapped[int]
    reading: Mapped[dict[str, Any]]
    """What the criteria of that version said, frozen."""

    rule_at: Mapped[datetime | None]
    """Since when the criteria may decide it without a person; nothing once it was decided, or where they may not."""
    question: Mapped[str] = mapped_column(sa.Text, default="")
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    asked_before: Mapped[list[Any]] = mapped_column(default=list)
    """Earlier questions, each [question, answer]."""
    answer_by: Mapped[datetime | None]
    """When it expires unless the open question is answered."""
    warned: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often the partner was warned of that."""
    renewed_at: Mapped[datetime | None]
    """Since when the claim counts, where it had expired and was sent again."""
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    first_decider_id: Mapped[int | None]
    """Whose decision was appealed with success, and who therefore does not decide again (by trigger)."""
    decline_reason: Mapped[DeclineReason | None]
    decision_note: Mapped[str] = mapped_column(sa.Text, default="")
    overruled_because: Mapped[str] = mapped_column(sa.Text, default="")
    """Why a person decided other than the reading says."""
    made_from: Mapped[str | None] = mapped_column(sa.String(12))
    """The reference of the declined one that it was made from."""
    sent_as: Mapped[str | None] = mapped_column(sa.String(12))
    """Under which reference a declined one was sent again."""


class Protection(Versioned, Base):
    """The partner's right to be credited, from a date to a date."""

    __tablename__ = "protections"
    __table_args__ = (
        sa.ForeignKeyConstraint(["partner_id", "referral_id"], ["referrals.partner_id", "referrals.id"]),
        sa.Index("ix_protections_state_ends_at", "state", "ends_at"),
        sa.Index("ix_protections_domain_state", "domain", "state"),
        sa.Index("ix_protections_state_warned_ends_at", "state", "warned", "ends_at"),
        sa.Index("ix_protections_state_tail_ends_at", "state", "tail_ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"))
    referral_id: Mapped[int] = mapped_column(unique=True)
    domain: Mapped[str] = mapped_column(sa.String(253))
    state: Mapped[ProtectionState]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    tail_ends_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    """Since when it rests, because its deal is parked: it is longer by that time once the deal is back."""
    warned: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often the partner was warned that it ends."""
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None]
    """Who gave it back or revoked it."""
    ending: Mapped[Ending | None]
    end_reason: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    """Why it was revoked, as the partner reads it."""
