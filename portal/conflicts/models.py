from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.conflicts.rules import ConflictState
from portal.engagement.rules import Rule, Ruling, Side
from portal.extensions import Base, Versioned

_IS_OPEN = sa.text("state = 'open'")


class Conflict(Versioned, Base):
    """A referral against which another claim stands. The ruling is frozen as it was made; `partner_id` is the
    claimant's."""

    __tablename__ = "conflicts"
    __table_args__ = (
        sa.ForeignKeyConstraint(["partner_id", "referral_id"], ["referrals.partner_id", "referrals.id"]),
        sa.CheckConstraint("partner_id <> holder_id", name="two_partners"),
        sa.CheckConstraint("(stands_with = 'ours') = (holder_id IS NULL)", name="holder_or_ours"),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended_at_a_time"),
        sa.CheckConstraint("state <> 'set_aside' OR set_aside_because <> ''", name="set_aside_because"),
        sa.CheckConstraint(
            "state NOT IN ('upheld', 'set_aside') OR decided_by_id IS NOT NULL", name="decided_by_someone"
        ),
        sa.Index("uq_conflicts_open", "referral_id", unique=True, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
        sa.Index("ix_conflicts_referral_id_id", "referral_id", "id"),
        sa.Index("ix_conflicts_against_ref", "against_ref"),
        sa.Index("ix_conflicts_state_ended_at_id", "state", "ended_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"))
    referral_id: Mapped[int]
    state: Mapped[ConflictState]
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    """Who of staff saw it; None: it was found when the referral came in."""
    against_ref: Mapped[str] = mapped_column(sa.String(12))
    """The referral, deal or hold that stands; of a hold that was followed, the referral."""
    holder_id: Mapped[int | None] = mapped_column(sa.ForeignKey("partners.id"))
    """Whose it is; None: ours."""
    rules_version: Mapped[int]
    rule: Mapped[Rule]
    rule_number: Mapped[int]
    stands_with: Mapped[Side]
    claim_at: Mapped[datetime]
    standing_at: Mapped[datetime]
    until: Mapped[datetime | None]
    by_hold: Mapped[bool]
    ended_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    set_aside_because: Mapped[str] = mapped_column(sa.Text, default="")

    @property
    def ruling(self) -> Ruling:
        return Ruling(
            self.rule,
            self.rule_number,
            self.rules_version,
            self.stands_with,
            self.claim_at,
            self.standing_at,
            self.until,
            self.by_hold,
        )
