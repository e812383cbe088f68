"""A partner disagrees with a decision: what can be appealed, until when, and who may answer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal import moves
from portal.moves import Tone
from portal.referrals.claims import About
from portal.referrals.decline_reasons import DeclineReason


class AppealState(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


NEXT: dict[AppealState, frozenset[AppealState]] = {
    AppealState.OPEN: frozenset({AppealState.UPHELD, AppealState.REJECTED, AppealState.WITHDRAWN}),
    AppealState.UPHELD: frozenset(),
    AppealState.REJECTED: frozenset(),
    AppealState.WITHDRAWN: frozenset(),
}
LABEL: dict[AppealState, str] = {
    AppealState.OPEN: "Open",
    AppealState.UPHELD: "Upheld",
    AppealState.REJECTED: "Rejected",
    AppealState.WITHDRAWN: "Withdrawn",
}
TONE: dict[AppealState, Tone] = {
    AppealState.OPEN: "due",
    AppealState.UPHELD: "good",
    AppealState.REJECTED: "",
    AppealState.WITHDRAWN: "",
}
ABOUT_LABEL: dict[About, str] = {About.DECLINE: "Declined", About.REVOCATION: "Protection revoked"}
THEIR_OWN = "You took this decision, so somebody else answers the appeal."
ENTERED_IT = "You entered this referral for the partner, so somebody else answers the appeal."


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What can be appealed: who decided when, and what the partner was told."""

    about: About
    by_id: int | None
    at: datetime
    reason: DeclineReason | None = None
    note: str = ""


def check_move(now: AppealState, then: AppealState) -> None:
    """Raise `Refused` unless an appeal may go from `now` to `then`."""
    moves.check("appeal", NEXT, LABEL, now, then)


def why_not_decider(by_id: int, *, against_id: int | None, entered_by_id: int | None) -> str:
    """Why this person does not answer the appeal; empty where they may."""
    if by_id == against_id:
        return THEIR_OWN
    return ENTERED_IT if by_id == entered_by_id else ""
