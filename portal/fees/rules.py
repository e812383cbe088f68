"""The states of a fee line. Its amount and trace never change; only the state moves."""

from enum import StrEnum

from portal import moves
from portal.moves import Tone


class LineState(StrEnum):
    ESTIMATED = "estimated"
    ACCRUED = "accrued"
    ON_HOLD = "on_hold"
    APPROVED = "approved"
    PAYABLE = "payable"
    SCHEDULED = "scheduled"
    PAID = "paid"
    VOID = "void"
    FAILED = "failed"
    CARRIED_FORWARD = "carried_forward"


NEXT: dict[LineState, frozenset[LineState]] = {
    LineState.ESTIMATED: frozenset({LineState.ACCRUED, LineState.VOID}),
    LineState.ACCRUED: frozenset({LineState.ON_HOLD, LineState.APPROVED, LineState.VOID}),
    LineState.ON_HOLD: frozenset({LineState.ACCRUED, LineState.APPROVED, LineState.VOID}),
    LineState.APPROVED: frozenset({LineState.ON_HOLD, LineState.PAYABLE, LineState.CARRIED_FORWARD, LineState.VOID}),
    LineState.PAYABLE: frozenset({LineState.ON_HOLD, LineState.SCHEDULED, LineState.CARRIED_FORWARD}),
    LineState.SCHEDULED: frozenset({LineState.PAID, LineState.PAYABLE, LineState.FAILED}),
    LineState.PAID: frozenset({LineState.FAILED}),
    LineState.FAILED: frozenset({LineState.PAYABLE}),
    LineState.CARRIED_FORWARD: frozenset({LineState.PAYABLE, LineState.VOID}),
    LineState.VOID: frozenset(),
}
# Booked and not yet paid: what we owe or may come to owe.
OPEN = frozenset(LineState) - {LineState.ESTIMATED, LineState.PAID, LineState.VOID}
BOOKED = OPEN | {LineState.PAID}
TERMINAL = moves.terminal(NEXT)

LABEL: dict[LineState, str] = {
    LineState.ESTIMATED: "Expected",
    LineState.ACCRUED: "Booked",
    LineState.ON_HOLD: "On hold",
    LineState.APPROVED: "Approved",
    LineState.PAYABLE: "Payable",
    LineState.SCHEDULED: "In a payout run",
    LineState.PAID: "Paid",
    LineState.VOID: "Void",
    LineState.FAILED: "Returned by the bank",
    LineState.CARRIED_FORWARD: "Carried forward",
}
TONE: dict[LineState, Tone] = {
    LineState.ESTIMATED: "",
    LineState.ACCRUED: "note",
    LineState.ON_HOLD: "due",
    LineState.APPROVED: "note",
    LineState.PAYABLE: "note",
    LineState.SCHEDULED: "note",
    LineState.PAID: "good",
    LineState.VOID: "",
    LineState.FAILED: "late",
    LineState.CARRIED_FORWARD: "",
}


def check_move(now: LineState, then: LineState) -> None:
    """Raise `Refused` unless a fee line may go from `now` to `then`."""
    moves.check("fee line", NEXT, LABEL, now, then)
