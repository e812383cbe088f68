"""The introduction and the claim that follows from it: states, moves, and the words they are shown with."""

from datetime import UTC, datetime
from enum import StrEnum

from portal import moves
from portal.criteria.rules import Outcome
from portal.errors import Refused
from portal.moves import Tone


class Status(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    NEEDS_INFO = "needs_info"
    UNDER_REVIEW = "under_review"
    CONFLICT = "conflict"
    QUALIFIED = "qualified"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


_DECISIONS = frozenset({Status.NEEDS_INFO, Status.CONFLICT, Status.QUALIFIED, Status.DECLINED, Status.WITHDRAWN})

NEXT: dict[Status, frozenset[Status]] = {
    Status.DRAFT: frozenset({Status.SUBMITTED}),
    Status.SUBMITTED: _DECISIONS | {Status.UNDER_REVIEW},
    Status.NEEDS_INFO: frozenset({Status.UNDER_REVIEW, Status.EXPIRED, Status.WITHDRAWN}),
    Status.UNDER_REVIEW: _DECISIONS,
    Status.CONFLICT: frozenset({Status.UNDER_REVIEW, Status.DECLINED, Status.QUALIFIED}),
    Status.QUALIFIED: frozenset(),
    Status.DECLINED: frozenset({Status.UNDER_REVIEW}),
    Status.WITHDRAWN: frozenset(),
    Status.EXPIRED: frozenset({Status.SUBMITTED}),
}
# Waiting for a decision. Declined and expired have a way back, but nobody is waiting on them.
OPEN = frozenset({Status.SUBMITTED, Status.NEEDS_INFO, Status.UNDER_REVIEW, Status.CONFLICT})
DECIDED = frozenset({Status.QUALIFIED, Status.DECLINED})
# We owe the next answer; elsewhere the time at which one is due is `FAR`.
OWED = OPEN - {Status.NEEDS_INFO}
FAR = datetime(9999, 12, 31, tzinfo=UTC)

LABEL: dict[Status, str] = {
    Status.DRAFT: "Draft",
    Status.SUBMITTED: "Received",
    Status.NEEDS_INFO: "Waiting for an answer",
    Status.UNDER_REVIEW: "Under review",
    Status.CONFLICT: "In conflict",
    Status.QUALIFIED: "Qualified",
    Status.DECLINED: "Declined",
    Status.WITHDRAWN: "Withdrawn",
    Status.EXPIRED: "Expired",
}
TONE: dict[Status, Tone] = {
    Status.DRAFT: "",
    Status.SUBMITTED: "note",
    Status.NEEDS_INFO: "due",
    Status.UNDER_REVIEW: "note",
    Status.CONFLICT: "due",
    Status.QUALIFIED: "good",
    Status.DECLINED: "",
    Status.WITHDRAWN: "",
    Status.EXPIRED: "",
}


ENTERED_IT = "You entered this referral for the partner, so another qualifier decides on it."
DECIDED_BEFORE = "Your decision on this referral was appealed with success, so another qualifier decides anew."


def why_not(user_id: int, entered_by_id: int | None, first_decider_id: int | None) -> str:
    """Why this person does not decide on a referral; empty where they may."""
    if user_id == entered_by_id:
        return ENTERED_IT
    return DECIDED_BEFORE if user_id == first_decider_id else ""


def check_move(now: Status, then: Status) -> None:
    """Raise `Refused` unless a referral may go from `now` to `then`."""
    moves.check("referral", NEXT, LABEL, now, then)


def check_settled(status: Status) -> None:
    """Raise `Refused` where another claim stands against it, which is settled first."""
    if status is Status.CONFLICT:
        raise Refused("It is in conflict with another claim. Settle the conflict first, on the page of the referral.")


def needs_reason(outcome: Outcome, *, contested: bool) -> dict[Status, str]:
    """The decisions that go against the reading, or against another partner's claim, each with the sentence that asks
    why."""
    asked = {}
    if contested:
        asked[Status.QUALIFIED] = "Another partner has introduced this company. Say why this claim counts as well."
    if outcome is Outcome.DECLINE:
        asked[Status.QUALIFIED] = "The reading says that it does not qualify. Say why you qualify it all the same."
    if outcome is Outcome.QUALIFIES:
        asked[Status.DECLINED] = "The reading says that it qualifies. Say why you decline it all the same."
    return asked


def check_reason(outcome: Outcome, then: Status, *, contested: bool, because: str) -> None:
    """Raise `Refused` where a decision needs a reason and has none."""
    asked = needs_reason(outcome, contested=contested)
    if then in asked and not because:
        raise Refused(asked[then], "because")


OUTCOME_SAYS: dict[Outcome, str] = {
    Outcome.QUALIFIES: "It qualifies at once.",
    Outcome.VALIDATE: "It needs validation: a person looks at it first.",
    Outcome.ASK: "It needs an answer first: we would ask you who decides.",
    Outcome.DECLINE: "It does not fit as it stands.",
}


class Timing(StrEnum):
    NOW = "now"
    THIS_QUARTER = "this_quarter"
    THIS_YEAR = "this_year"
    LATER = "later"


TIMING_LABEL: dict[Timing, str] = {
    Timing.NOW: "Now, they are looking already",
    Timing.THIS_QUARTER: "This quarter",
    Timing.THIS_YEAR: "This year",
    Timing.LATER: "Later, or not known",
}


class IntroducedHow(StrEnum):
    INTRO_MAIL = "intro_mail"
    INTRO_CALL = "intro_call"
    MET_IN_PERSON = "met_in_person"
    MENTIONED_US = "mentioned_us"
    OTHER = "other"


INTRODUCED_LABEL: dict[IntroducedHow, str] = {
    IntroducedHow.INTRO_MAIL: "I wrote a mail that introduces us",
    IntroducedHow.INTRO_CALL: "We had a call together",
    IntroducedHow.MET_IN_PERSON: "We met in person",
    IntroducedHow.MENTIONED_US: "I spoke of you, they expect you to get in touch",
    IntroducedHow.OTHER: "Another way",
}


class ProtectionState(StrEnum):
    SOFT_HOLD = "soft_hold"
    ACTIVE = "active"
    EXTENSION_REQUESTED = "extension_requested"
    PAUSED = "paused"
    RELEASED = "released"
    EXPIRED = "expired"
    REVOKED = "revoked"
    TAIL = "tail"


# Keeps others out. In the tail a deal that closes still counts, but the company is free to be introduced by others.
PROTECTION_LIVE = frozenset(
    {
        ProtectionState.SOFT_HOLD,
        ProtectionState.ACTIVE,
        ProtectionState.EXTENSION_REQUESTED,
        ProtectionState.PAUSED,
    }
)


# While it rests, or while the partner waits for our answer, no day ends it.
_WITHOUT_END = frozenset({ProtectionState.PAUSED, ProtectionState.EXTENSION_REQUESTED})


def keeps_others_out(
    status: Status | None, protection: ProtectionState | None, ends_at: datetime | None, now: datetime
) -> bool:
    """Whether a referral stands against another one of the same company: it waits for a decision, or is protected."""
    if status in OPEN or protection in _WITHOUT_END:
        return True
    return protection in PROTECTION_LIVE and ends_at is not None and ends_at > now


class Ending(StrEnum):
    """Why a protection is over."""

    RAN_OUT = "ran_out"
    GIVEN_BACK = "given_back"
    DEAL_WON = "deal_won"
    DEAL_LOST = "deal_lost"
    REVOKED = "revoked"


PROTECTION_LABEL: dict[ProtectionState, str] = {
    ProtectionState.SOFT_HOLD: "Held for 24 hours",
    ProtectionState.ACTIVE: "Protected",
    ProtectionState.EXTENSION_REQUESTED: "Protected, extension asked",
    ProtectionState.PAUSED: "Protected, paused",
    ProtectionState.RELEASED: "Released",
    ProtectionState.EXPIRED: "Ended",
    ProtectionState.REVOKED: "Revoked",
    ProtectionState.TAIL: "Ended, a deal still counts",
}
