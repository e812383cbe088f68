from collections.abc import Iterator

import sqlalchemy as sa

from portal import search
from portal.activity.models import EventRow
from portal.auth.models import User
from portal.proof import check, rows
from portal.referrals.lists import WORDS
from portal.referrals.models import Protection, Referral
from portal.referrals.promises import ANSWERS
from portal.referrals.rules import FAR, OPEN, OWED, Status
from portal.sla.models import SlaClock
from portal.sla.rules import OPEN_STATES, ClockState

# Each by one of these, some of which are told by what ranks above.
TOLD_BY: dict[Status, tuple[str, ...]] = {
    Status.SUBMITTED: ("ReferralSubmitted",),
    Status.NEEDS_INFO: ("ReferralAsked",),
    Status.UNDER_REVIEW: ("ReferralAnswered", "ReferralReopened", "ConflictSetAside", "ConflictLapsed"),
    Status.CONFLICT: ("ConflictEntered",),
    Status.QUALIFIED: ("ReferralQualified", "ConflictSplit"),
    Status.DECLINED: ("ReferralDeclined",),
    Status.WITHDRAWN: ("ReferralWithdrawn",),
    Status.EXPIRED: ("ReferralExpired",),
}


@check("Each referral was received, and its state has its event")
def states(connection: sa.Connection) -> Iterator[str]:
    for status, kinds in TOLD_BY.items():
        of_state = sa.true() if status is Status.SUBMITTED else Referral.status == status
        told = sa.exists().where(EventRow.ref == Referral.ref, EventRow.kind.in_(kinds))
        for row in rows(connection, sa.select(Referral.ref, Referral.status).where(of_state, ~told)):
            yield f"Referral {row.ref} is {row.status}, and no {' or '.join(kinds)} says so."


@check("Whoever entered a referral for a partner is of our staff, and did not decide on it")
def deciders(connection: sa.Connection) -> Iterator[str]:
    ours = sa.exists().where(User.id == Referral.entered_by_id, User.partner_id.is_(None))
    wrong = ~ours | (Referral.decided_by_id == Referral.entered_by_id)
    for (ref,) in rows(connection, sa.select(Referral.ref).where(Referral.entered_by_id.is_not(None), wrong)):
        yield f"Referral {ref} was entered by somebody who is not of our staff, or who decided on it too."


@check("A referral is protected exactly when it is qualified")
def protections(connection: sa.Connection) -> Iterator[str]:
    has = sa.exists().where(Protection.referral_id == Referral.id, Protection.partner_id == Referral.partner_id)
    qualified = Referral.status == Status.QUALIFIED
    for row in rows(connection, sa.select(Referral.ref, Referral.status).where(qualified & ~has | ~qualified & has)):
        has_one = "no" if row.status is Status.QUALIFIED else "a"
        yield f"Referral {row.ref} is {row.status} and has {has_one} protection."


@check("A protection ends after it begins, and its tail after that")
def windows(connection: sa.Connection) -> Iterator[str]:
    wrong = (Protection.ends_at <= Protection.starts_at) | (Protection.tail_ends_at < Protection.ends_at)
    of_them = sa.select(Referral.ref).join(Protection, Protection.referral_id == Referral.id).where(wrong)
    for (ref,) in rows(connection, of_them):
        yield f"The protection of referral {ref} ends before it begins."


_OF_IT = (SlaClock.ref == Referral.ref) & SlaClock.kind.in_(ANSWERS)
_LATE = (SlaClock.state == ClockState.BREACHED) & SlaClock.settled_at.is_(None)


@check("Each open referral has its clock: running where we owe the answer, at rest where the partner does")
def clocks(connection: sa.Connection) -> Iterator[str]:
    of_it = sa.exists().where(_OF_IT, SlaClock.partner_id == Referral.partner_id)
    runs = of_it.where((SlaClock.state == ClockState.RUNNING) | _LATE)
    rests = of_it.where((SlaClock.state == ClockState.PAUSED) | _LATE)
    fits = sa.case(
        (Referral.status.in_(OWED), runs),
        (Referral.status.in_(OPEN), rests),
        else_=of_it & ~of_it.where(SlaClock.state.in_(OPEN_STATES) | _LATE),
    )
    for row in rows(connection, sa.select(Referral.ref, Referral.status).where(~fits)):
        yield f"Referral {row.ref} is {row.status}, and no clock of ours fits that."


@check("What a list sorts by is when the clock says that the answer is due")
def due_times(connection: sa.Connection) -> Iterator[str]:
    is_open = SlaClock.state.in_(OPEN_STATES) | _LATE
    owes = Referral.status.in_(OWED)
    wrong = (owes & is_open & (Referral.due_at != SlaClock.due_at)) | (~owes & (Referral.due_at != FAR))
    for (ref,) in rows(connection, sa.select(Referral.ref).join(SlaClock, _OF_IT).where(wrong)):
        yield f"Referral {ref} is not due when its clock says."


@check("An open question waits until a day, and nothing else does")
def questions(connection: sa.Connection) -> Iterator[str]:
    wrong = (Referral.status == Status.NEEDS_INFO) != Referral.answer_by.is_not(None)
    for (ref,) in rows(connection, sa.select(Referral.ref).where(wrong)):
        yield f"Referral {ref} waits for an answer without end, or for none until a day."


@check("Referrals are found by the words that they have")
def words(connection: sa.Connection) -> Iterator[str]:
    yield from search.wrong(connection, WORDS)
