"""The partner's track: one line of seven steps made of referral, deal and fee."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

from portal.referrals.rules import Status
from portal.referrals.story import Format, Story

STEPS = ("Received", "Qualified", "In conversation", "Proposal", "Won", "Fee payable", "Paid")

# How many of the steps are behind it.
_DONE_BY_STAGE = {
    "new": 2,
    "contacted": 2,
    "meeting": 2,
    "parked": 2,
    "lost": 2,
    "proposal": 3,
    "won": 5,
    "cancelled": 5,
}
_DONE_BY_FEE = {"payable": 6, "scheduled": 6, "failed": 6, "paid": 7}
_ENDED_STATUS = {Status.DECLINED: "Declined", Status.WITHDRAWN: "Withdrawn", Status.EXPIRED: "Expired"}
_ENDED_STAGE = {"lost": "Lost", "cancelled": "Cancelled"}
_NO_FEE = frozenset({None, "void"})
_FEE_NOTES = {"on_hold": "on hold", "approved": "on the next statement", "carried_forward": "carried forward"}


@dataclass(frozen=True)
class Step:
    label: str
    state: Literal["done", "now", "todo"]
    at: datetime | date | None = None
    note: str = ""


class Stand(NamedTuple):
    """Where it stands, for a row of a list: the step of seven, its label, the tone of the small bar."""

    position: int
    label: str
    tone: Literal["", "good", "note"]


def stand(status: Status, deal_stage: str | None = None, fee_state: str | None = None) -> Stand:
    """The step that it is at: what is reached at once is reached, a conversation or proposal lasts. 0 is a draft."""
    done = _done(status, deal_stage, fee_state)
    lasts = status is Status.QUALIFIED and done in (2, 3) and deal_stage not in _ENDED_STAGE
    position = done + 1 if lasts else done
    label = _ended(status, deal_stage) or (STEPS[position - 1] if position else "Draft")
    if deal_stage == "parked":
        return Stand(position, "Parked", "note")
    return Stand(position, label, "" if lasts or _ended(status, deal_stage) else "good")


def track(story: Story, fmt: Format) -> list[Step]:
    """The steps with their dates. A story that ended early ends in a step of its own; a won deal without fee is whole
    with the win."""
    done = _done(story.status, story.deal_stage, story.fee_state)
    reached = (
        story.received_at,
        story.decided_at,
        story.contacted_at,
        story.proposal_at,
        story.won_on,
        story.payable_at,
        story.paid_at,
    )
    steps = [
        Step(label, "done", at, fmt(at) if at else "") for label, at in list(zip(STEPS, reached, strict=True))[:done]
    ]
    ended = _ended(story.status, story.deal_stage)
    if ended:
        return [*steps, *_lost_after(story, fmt), _ending(ended, story, fmt)]
    labels = STEPS[:5] if story.deal_stage == "won" and story.fee_state in _NO_FEE else STEPS
    if done < len(labels):
        steps.append(Step(labels[done], "now", None, _note(done, story, fmt)))
    return steps + [Step(label, "todo") for label in labels[done + 1 :]]


def _done(status: Status, deal_stage: str | None, fee_state: str | None) -> int:
    if status is Status.QUALIFIED:
        stage = deal_stage or "new"
        return _DONE_BY_FEE.get(fee_state or "", _DONE_BY_STAGE[stage]) if stage == "won" else _DONE_BY_STAGE[stage]
    return 0 if status is Status.DRAFT else 1


def _ended(status: Status, deal_stage: str | None) -> str:
    return _ENDED_STATUS.get(status) or _ENDED_STAGE.get(deal_stage or "", "")


def _lost_after(story: Story, fmt: Format) -> list[Step]:
    """How far a lost deal had come."""
    if story.deal_stage != "lost":
        return []
    came = zip(STEPS[2:4], (story.contacted_at, story.proposal_at), strict=True)
    return [Step(label, "done", at, fmt(at)) for label, at in came if at]


def _ending(label: str, story: Story, fmt: Format) -> Step:
    at = story.closed_at if story.deal_stage in _ENDED_STAGE else story.decided_at
    return Step(label, "now", at, fmt(at) if at else "")


def _note(done: int, story: Story, fmt: Format) -> str:
    """What stands under the step at work: since when, or by when."""
    waits = {Status.NEEDS_INFO: "after the answer", Status.CONFLICT: "being settled"}
    due = f"by {fmt(story.due_at)}" if story.due_at else ""
    if done == 1:
        return waits.get(story.status, due)
    if done == 2 and story.deal_stage == "parked":
        return f"parked until {fmt(story.parked_until)}" if story.parked_until else "parked"
    if done in (2, 3):
        since = story.contacted_at if done == 2 else story.proposal_at
        return f"since {fmt(since)}" if since else due
    if done == 5:
        return _FEE_NOTES.get(story.fee_state or "", "being approved")
    if story.fee_state == "failed":
        return "sent back by the bank"
    return f"on {fmt(story.payable_on)}" if done == 6 and story.payable_on else ""
