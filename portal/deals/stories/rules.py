"""From a row of referral and deal to the story that the track and the next sentence are made from. Pure."""

from datetime import datetime
from typing import Any

from portal.deals.rules import LOST_LABEL, Stage
from portal.referrals.decline_reasons import DECLINE_REASONS
from portal.referrals.rules import FAR, OWED, Status
from portal.referrals.story import Side, Story


def story_of(row: Any, *, side: Side, now: datetime, fee: Any = None) -> Story:
    """`row` has the columns of `stories.queries.page`, `fee` those of a fee line; `now` says what is late."""
    return Story(
        side=side,
        now=now,
        status=row.status,
        company=row.company,
        contact=row.contact_name,
        partner=row.partner if side == "staff" else "",
        person=row.owner or "",
        due_at=_due_at(row),
        received_at=row.received_at,
        decided_at=row.decided_at,
        question=row.question,
        reason=_reason(row),
        way_back=DECLINE_REASONS[row.decline_reason].way_back if row.decline_reason else "",
        deal_stage=row.stage,
        contacted_at=as_joined(row, row.contacted_at),
        proposal_at=as_joined(row, row.proposal_at),
        closed_at=row.closed_at,
        won_on=row.won_on,
        next_step=row.next_step or "",
        next_step_on=row.next_step_on,
        parked_until=row.parked_until,
        update_due_at=row.update_due_at,
        fee_state=fee.state if fee else None,
        payable_on=fee.pay_on if fee else None,
        paid_at=fee.paid_at if fee else None,
    )


def _due_at(row: Any) -> datetime | None:
    """When we owe the next answer: the decision, then the first contact."""
    if row.status in OWED and row.due_at < FAR:
        return row.due_at  # type: ignore[no-any-return]
    return row.contact_due_at if row.stage is Stage.NEW else None


def as_joined(row: Any, at: datetime | None) -> datetime | None:
    """Whoever joined a deal follows it from then on; what was before is the other partner's."""
    return max(at, row.decided_at) if at and row.share_bp and row.decided_at else at


def _reason(row: Any) -> str:
    if row.status is Status.DECLINED:
        return f"{DECLINE_REASONS[row.decline_reason].sentence} {row.decision_note}".strip()
    if row.stage is Stage.LOST:
        return f"{LOST_LABEL[row.lost_reason]}."
    return row.close_note or ""
