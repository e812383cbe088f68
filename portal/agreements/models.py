from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.agreements.plans import Plan, PlanRule
from portal.agreements.rules import AgreementState
from portal.auth.factor_rules import FACTOR_LABEL
from portal.auth.rules import Factor
from portal.extensions import Base, Versioned


class FeePlan(Base):
    """What a partner earns, as data. A published version never changes; its author is not its publisher."""

    __tablename__ = "fee_plans"
    __table_args__ = (
        sa.UniqueConstraint("slug", "number"),
        sa.CheckConstraint("published_by_id <> created_by_id", name="four_eyes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    slug: Mapped[str] = mapped_column(sa.String(40))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(80))
    currency: Mapped[str] = mapped_column(sa.String(3))
    rules: Mapped[list[Any]]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime]
    published_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    published_at: Mapped[datetime | None]

    @property
    def plan(self) -> Plan:
        return Plan(
            ref=self.ref,
            version=self.number,
            currency=self.currency,
            rules=tuple(PlanRule.from_data(rule) for rule in self.rules),
        )


class AgreementTemplate(Base):
    """The text that agreements are generated from. A published version never changes."""

    __tablename__ = "agreement_templates"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    body: Mapped[str] = mapped_column(sa.Text)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]


class Agreement(Versioned, Base):
    __tablename__ = "agreements"
    __table_args__ = (
        sa.UniqueConstraint("partner_id", "id"),
        sa.UniqueConstraint("partner_id", "number"),
        sa.Index(
            "uq_agreements_in_force",
            "partner_id",
            unique=True,
            sqlite_where=sa.text("state = 'countersigned'"),
            postgresql_where=sa.text("state = 'countersigned'"),
        ),
        sa.Index("ix_agreements_state_sent_at", "state", "sent_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"))
    number: Mapped[int]
    """The how manieth agreement with this partner."""
    state: Mapped[AgreementState]
    template_id: Mapped[int] = mapped_column(sa.ForeignKey("agreement_templates.id"))
    fee_plan_id: Mapped[int] = mapped_column(sa.ForeignKey("fee_plans.id"))
    terms: Mapped[dict[str, Any]]
    """The partner's own terms as data, frozen when sent."""
    body: Mapped[str] = mapped_column(sa.Text)
    """The generated text (Markdown), frozen when sent."""
    body_sha256: Mapped[str] = mapped_column(sa.String(64))
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    sign_by: Mapped[date | None]
    viewed_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    in_force_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(sa.String(500), default="")


class Signature(Base):
    """The evidence of one signature, committed before anything is made from it. Append-only by trigger."""

    __tablename__ = "signatures"
    __table_args__ = (
        sa.ForeignKeyConstraint(["partner_id", "agreement_id"], ["agreements.partner_id", "agreements.id"]),
        sa.UniqueConstraint("agreement_id", "side"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"))
    agreement_id: Mapped[int]
    side: Mapped[str] = mapped_column(sa.String(10))
    """partner | program"""
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    """None: countersigned by rule."""
    typed_name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str] = mapped_column(sa.String(254))
    consent_version: Mapped[int]
    consent_text: Mapped[str] = mapped_column(sa.Text)
    authority_text: Mapped[str] = mapped_column(sa.Text)
    intent_text: Mapped[str] = mapped_column(sa.Text)
    document_sha256: Mapped[str] = mapped_column(sa.String(64))
    factor: Mapped[str] = mapped_column(sa.String(20))
    address: Mapped[str] = mapped_column(sa.String(45))
    user_agent: Mapped[str] = mapped_column(sa.String(300))
    at: Mapped[datetime]

    @property
    def identified_by(self) -> str:
        """How the person was identified, in words."""
        return FACTOR_LABEL[Factor(self.factor)] if self.user_id is not None else "rule"


TERMS = sa.cast(Agreement.terms, sa.Text).label("terms")
"""An agreement's terms as they are held: see `terms.terms_of_text`."""
