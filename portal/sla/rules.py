"""Our duty to answer: kinds of clock, the states of one, and how well a promise was kept (due times: business_time)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from portal import moves
from portal.money import round_half_up


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

OPEN_STATES = frozenset({ClockState.RUNNING, ClockState.PAUSED})

KIND_LABEL: dict[ClockKind, str] = {
    ClockKind.FIRST_ANSWER: "First answer",
    ClockKind.DECISION: "Decision",
    ClockKind.FIRST_CONTACT: "First contact",
    ClockKind.PERIODIC_UPDATE: "Update",
    ClockKind.STATEMENT: "Statement",
    ClockKind.PAYMENT: "Payment",
}
# Working minutes of an eight-hour day, until the program sets its own.
PROMISED_MINUTES: dict[ClockKind, int] = {
    ClockKind.FIRST_ANSWER: 480,
    ClockKind.DECISION: 960,
    ClockKind.FIRST_CONTACT: 960,
    ClockKind.PERIODIC_UPDATE: 4800,
    ClockKind.STATEMENT: 2400,
    ClockKind.PAYMENT: 4800,
}
WARN_PERCENT = 75
"""After so much of the promised time whoever owes the answer is reminded."""
LABEL: dict[ClockState, str] = {
    ClockState.RUNNING: "Running",
    ClockState.PAUSED: "Paused",
    ClockState.MET: "Kept",
    ClockState.BREACHED: "Missed",
}


def check_move(now: ClockState, then: ClockState) -> None:
    """Raise `Refused` unless a clock may go from `now` to `then`."""
    moves.check("clock", NEXT, LABEL, now, then)


FEWEST_FOR_A_RECORD = 5


@dataclass(frozen=True)
class Record:
    """What was kept of a promise: half were answered within the median."""

    median_minutes: int
    in_time: int
    n: int

    @property
    def percent_in_time(self) -> int:
        """Cut down, so that one miss in a thousand is never shown as 100."""
        return 100 * self.in_time // self.n


def record(durations_minutes: Sequence[int], in_time_flags: Sequence[bool]) -> Record | None:
    """The measured record beside a promise; None below five, where it would say nothing, or tell of one person."""
    n = len(durations_minutes)
    if n != len(in_time_flags):
        raise ValueError("each duration has one flag")
    if n < FEWEST_FOR_A_RECORD:
        return None
    ordered = sorted(durations_minutes)
    middle = ordered[(n - 1) // 2] + ordered[n // 2]
    return Record(median_minutes=round_half_up(Fraction(middle, 2)), in_time=sum(in_time_flags), n=n)
