from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from portal.auth.models import User
from portal.criteria.rules import OUTCOME_LABEL, Outcome
from portal.extensions import db
from portal.partners.models import Partner
from portal.referrals.batches.models import ReferralBatch
from portal.referrals.batches.rules import MOST, Candidate, Decision, why_not
from portal.referrals.models import Referral
from portal.referrals.queries import contested, visible_to
from portal.referrals.rules import why_not as not_by

Picks = dict[str, int]
"""By reference the version that the person saw."""


class Proposed(NamedTuple):
    """What happens to one of them, or why nothing does."""

    ref: str
    seen: int
    """The version that was ticked: it travels on, so that nobody decides on one that they did not see."""
    company: str
    about: str
    why_not: str


def proposed(user: User, picks: Picks, decision: Decision, now: datetime) -> list[Proposed]:
    """Each referral that was picked, in the order of the queue, with what the decision means for it now."""
    rows = _rows(user, list(picks)[:MOST])
    taken = contested(rows, now) if decision is Decision.QUALIFY and rows else set()
    return [_proposed(user, row, picks[row.ref], decision, is_contested=row.ref in taken) for row in rows]


def _proposed(user: User, row: Any, seen: int, decision: Decision, *, is_contested: bool) -> Proposed:
    candidate = Candidate(
        status=row.status,
        outcome=Outcome(row.outcome),
        is_newer=row.version != seen,
        not_by_reader=not_by(user.id, row.entered_by_id, row.first_decider_id),
        is_contested=is_contested,
    )
    about = f"{row.partner} · {OUTCOME_LABEL[candidate.outcome]}"
    return Proposed(row.ref, seen, row.company, about, why_not(decision, candidate))


def _rows(user: User, refs: Sequence[str]) -> Sequence[Any]:
    columns = (Referral.ref, Referral.version, Referral.status, Referral.company, Referral.domain)
    people = (Referral.partner_id, Referral.entered_by_id, Referral.first_decider_id)
    more = (*people, Referral.reading["outcome"].as_string().label("outcome"))
    wanted = (
        visible_to(user, *columns, *more, Partner.name.label("partner"))
        .join(Partner, Partner.id == Referral.partner_id)
        .where(Referral.ref.in_(refs))
    )
    return db.session.execute(wanted.order_by(Referral.due_at, Referral.id)).all() if refs else ()


def own(user: User, ref: str, *, to_change: bool = False) -> ReferralBatch:
    """One's own batch; 404 for anybody else's."""
    wanted = sa.select(ReferralBatch).where(ReferralBatch.ref == ref, ReferralBatch.by_id == user.id)
    wanted = wanted.execution_options(populate_existing=True)
    found: ReferralBatch = db.one_or_404(wanted.with_for_update() if to_change else wanted)
    return found


def companies(user: User, refs: Sequence[str]) -> dict[str, str]:
    """By reference, for a report."""
    wanted = visible_to(user, Referral.ref, Referral.company).where(Referral.ref.in_(refs))
    return {row.ref: row.company for row in db.session.execute(wanted)}
