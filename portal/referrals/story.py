"""What happened to a referral so far, as plain values: what the track and the next sentence are made from.

Stages and fee states arrive as their words, for those records rank above this one."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Literal, NamedTuple

from portal.referrals.rules import Status

Side = Literal["partner", "staff"]
Format = Callable[[datetime | date], str]
"""How the reader sees a time or a day: `Tue 17 Nov, 10:02`, `15 Dec`."""


class Story(NamedTuple):
    """`person` has the next step on our side: the qualifier before the decision, the owner after it."""

    side: Side
    now: datetime
    status: Status
    company: str
    contact: str = ""
    partner: str = ""
    person: str = ""
    due_at: datetime | None = None
    received_at: datetime | None = None
    decided_at: datetime | None = None
    question: str = ""
    reason: str = ""
    """Why it was declined, lost or cancelled, or is on hold: a sentence for the partner."""
    way_back: str = ""

    deal_stage: str | None = None
    contacted_at: datetime | None = None
    proposal_at: datetime | None = None
    closed_at: datetime | None = None
    won_on: date | None = None
    next_step: str = ""
    next_step_on: date | None = None
    parked_until: date | None = None
    update_due_at: datetime | None = None
    """By when the partner hears how it stands, whatever comes of it."""

    fee_state: str | None = None
    payable_at: datetime | None = None
    payable_on: date | None = None
    """The day on which we pay."""
    paid_at: datetime | None = None

    @property
    def is_late(self) -> bool:
        return self.due_at is not None and self.due_at < self.now
