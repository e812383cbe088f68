"""Our duty to answer: kinds of clock, and the states of one."""

from enum import StrEnum

from portal import moves
from portal.moves import Tone


class ClockKind(StrEnum):
    FIRST_ANSWER = "first_answer"
    DECISION = "decision"
    FIRST_CONTACT = "first_contact"
    PERIODIC_UPDATE = "periodic_update"
    STATEMENT = "statement"
    PAYMENT = "payment"


class ClockState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"


NEXT: dict[ClockState, frozenset[ClockState]] = {
    ClockState.RUNNING: frozenset({ClockState.PAUSED, ClockState.MET, ClockState.BREACHED}),
    ClockState.PAUSED: frozenset({ClockState.RUNNING, ClockState.MET}),
    ClockState.MET: frozenset(),
    ClockState.BREACHED: frozenset(),
}
OPEN = frozenset({ClockState.RUNNING, ClockState.PAUSED})
TERMINAL = moves.terminal(NEXT)

KIND_LABEL: dict[ClockKind, str] = {
    ClockKind.FIRST_ANSWER: "First answer",
    ClockKind.DECISION: "Decision",
    ClockKind.FIRST_CONTACT: "First contact",
    ClockKind.PERIODIC_UPDATE: "Update",
    ClockKind.STATEMENT: "Statement",
    ClockKind.PAYMENT: "Payment",
}
LABEL: dict[ClockState, str] = {
    ClockState.RUNNING: "Running",
    ClockState.PAUSED: "Paused",
    ClockState.MET: "Kept",
    ClockState.BREACHED: "Missed",
}
TONE: dict[ClockState, Tone] = {
    ClockState.RUNNING: "",
    ClockState.PAUSED: "note",
    ClockState.MET: "good",
    ClockState.BREACHED: "late",
}


def check_move(now: ClockState, then: ClockState) -> None:
    """Raise `Refused` unless a clock may go from `now` to `then`."""
    moves.check("clock", NEXT, LABEL, now, then)
