"""What each move of a referral does to our duty to answer.

The first answer may decide, or ask: then a decision is owed, and its clock rests until the partner has answered."""

from datetime import datetime, timedelta

from portal.referrals import queries
from portal.referrals.models import Referral
from portal.referrals.rules import DECIDED, Status
from portal.sla import actions as sla
from portal.sla import queries as clocks
from portal.sla.models import SlaClock
from portal.sla.rules import ClockKind, ClockState

ANSWERS = (ClockKind.FIRST_ANSWER, ClockKind.DECISION)
_OWES_NOTHING = frozenset({Status.WITHDRAWN, Status.EXPIRED})


def follow(referral: Referral, then: Status, now: datetime) -> SlaClock:
    """Returns the clock that says when the next answer is due, or that ended with this move."""
    owed = clocks.open_clock(referral.ref, ANSWERS)
    if owed is None:
        return _begin(referral, then, now)
    if then in DECIDED:
        return sla.meet(referral.ref, owed.kind, now)
    if then in _OWES_NOTHING:
        return sla.release(referral.ref, owed.kind, now)
    if then is Status.NEEDS_INFO:
        return _rest(referral, owed, now)
    return sla.resume(referral.ref, owed.kind, now) if owed.state is ClockState.PAUSED else owed


def delay(referral: Referral, now: datetime) -> timedelta:
    """By how much our answers came late, all together: the protection is longer by it. A claim that began anew counts
    from its own first promise."""
    found = clocks.of(referral.ref, ANSWERS)
    begins = max((clock.started_at for clock in found if clock.kind is ClockKind.FIRST_ANSWER), default=now)
    return sum((sla.late_by(clock) for clock in found if clock.started_at >= begins), timedelta())


def _begin(referral: Referral, then: Status, now: datetime) -> SlaClock:
    """Sent anew, it is owed a first answer; taken up after an appeal, a decision."""
    if then is Status.SUBMITTED:
        minutes = queries.terms_of(referral.partner_id, referral.agreement_id).answer_minutes
        return sla.start(ClockKind.FIRST_ANSWER, referral.ref, referral.partner_id, now, minutes)
    return sla.start(ClockKind.DECISION, referral.ref, referral.partner_id, now)


def _rest(referral: Referral, owed: SlaClock, now: datetime) -> SlaClock:
    """A question is an answer too: it ends the clock of the first one, or one that ran out."""
    if owed.kind is ClockKind.FIRST_ANSWER or owed.due_at < now:
        sla.meet(referral.ref, owed.kind, now)
        sla.start(ClockKind.DECISION, referral.ref, referral.partner_id, now)
    return sla.pause(referral.ref, ClockKind.DECISION, now)
