"""The states of a partner company, and what each of them allows."""

from datetime import timedelta
from enum import StrEnum

from portal import moves
from portal.moves import Tone


class PartnerState(StrEnum):
    APPLIED = "applied"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    ONBOARDING = "onboarding"
    ACTIVE = "active"
    DORMANT = "dormant"
    PAUSED = "paused"
    TERMINATED = "terminated"
    CLOSED = "closed"
    DECLINED = "declined"


_WORKING = frozenset({PartnerState.ACTIVE, PartnerState.DORMANT, PartnerState.PAUSED})

NEXT: dict[PartnerState, frozenset[PartnerState]] = {
    PartnerState.APPLIED: frozenset({PartnerState.IN_REVIEW, PartnerState.DECLINED}),
    PartnerState.IN_REVIEW: frozenset({PartnerState.APPROVED, PartnerState.DECLINED}),
    PartnerState.APPROVED: frozenset({PartnerState.ONBOARDING, PartnerState.CLOSED}),
    PartnerState.ONBOARDING: frozenset({PartnerState.ACTIVE, PartnerState.CLOSED}),
    **{state: (_WORKING - {state}) | {PartnerState.TERMINATED} for state in _WORKING},
    PartnerState.TERMINATED: frozenset({PartnerState.CLOSED}),
    PartnerState.CLOSED: frozenset(),
    PartnerState.DECLINED: frozenset({PartnerState.APPLIED}),
}
OPEN = frozenset(PartnerState) - {PartnerState.TERMINATED, PartnerState.CLOSED, PartnerState.DECLINED}
TERMINAL = moves.terminal(NEXT)
# A dormant partner wakes by referring. A paused or terminated one may read and be paid, no more.
MAY_REFER = frozenset({PartnerState.ACTIVE, PartnerState.DORMANT})
MAY_SIGN_IN = frozenset(PartnerState) - {PartnerState.APPLIED, PartnerState.DECLINED, PartnerState.CLOSED}
READ_ONLY = frozenset({PartnerState.TERMINATED})

LABEL: dict[PartnerState, str] = {
    PartnerState.APPLIED: "Applied",
    PartnerState.IN_REVIEW: "In review",
    PartnerState.APPROVED: "Approved",
    PartnerState.ONBOARDING: "Onboarding",
    PartnerState.ACTIVE: "Active",
    PartnerState.DORMANT: "Dormant",
    PartnerState.PAUSED: "Paused",
    PartnerState.TERMINATED: "Terminated",
    PartnerState.CLOSED: "Closed",
    PartnerState.DECLINED: "Declined",
}
TONE: dict[PartnerState, Tone] = {
    PartnerState.APPLIED: "due",
    PartnerState.IN_REVIEW: "due",
    PartnerState.APPROVED: "note",
    PartnerState.ONBOARDING: "note",
    PartnerState.ACTIVE: "good",
    PartnerState.DORMANT: "",
    PartnerState.PAUSED: "note",
    PartnerState.TERMINATED: "",
    PartnerState.CLOSED: "",
    PartnerState.DECLINED: "",
}


def check_move(now: PartnerState, then: PartnerState) -> None:
    """Raise `Refused` unless a partner may go from `now` to `then`."""
    moves.check("partner", NEXT, LABEL, now, then)


class PayoutDetailsState(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REPLACED = "replaced"
    REFUSED = "refused"


PAYOUT_DETAILS_NEXT: dict[PayoutDetailsState, frozenset[PayoutDetailsState]] = {
    PayoutDetailsState.PROPOSED: frozenset({PayoutDetailsState.CONFIRMED, PayoutDetailsState.REFUSED}),
    PayoutDetailsState.CONFIRMED: frozenset({PayoutDetailsState.REPLACED}),
    PayoutDetailsState.REPLACED: frozenset(),
    PayoutDetailsState.REFUSED: frozenset(),
}
PAYOUT_DETAILS_LABEL: dict[PayoutDetailsState, str] = {
    PayoutDetailsState.PROPOSED: "Waiting for a second person",
    PayoutDetailsState.CONFIRMED: "In use",
    PayoutDetailsState.REPLACED: "Replaced",
    PayoutDetailsState.REFUSED: "Refused",
}
CHANGE_HOLD = timedelta(hours=72)


def check_payout_details_move(now: PayoutDetailsState, then: PayoutDetailsState) -> None:
    """Raise `Refused` unless payout details may go from `now` to `then`."""
    moves.check("change of payout details", PAYOUT_DETAILS_NEXT, PAYOUT_DETAILS_LABEL, now, then)
