"""The states of a statement and of a payout run, and the rule of four eyes."""

from enum import StrEnum

from portal import moves
from portal.errors import Refused
from portal.moves import Tone


class StatementState(StrEnum):
    ISSUED = "issued"
    ACCEPTED = "accepted"


class RunState(StrEnum):
    DRAFT = "draft"
    RELEASED = "released"
    PAID = "paid"
    CANCELLED = "cancelled"


STATEMENT_NEXT: dict[StatementState, frozenset[StatementState]] = {
    StatementState.ISSUED: frozenset({StatementState.ACCEPTED}),
    StatementState.ACCEPTED: frozenset(),
}
STATEMENT_LABEL: dict[StatementState, str] = {StatementState.ISSUED: "Issued", StatementState.ACCEPTED: "Accepted"}
STATEMENT_TONE: dict[StatementState, Tone] = {StatementState.ISSUED: "note", StatementState.ACCEPTED: "good"}

NEXT: dict[RunState, frozenset[RunState]] = {
    RunState.DRAFT: frozenset({RunState.RELEASED, RunState.CANCELLED}),
    RunState.RELEASED: frozenset({RunState.PAID}),
    RunState.PAID: frozenset(),
    RunState.CANCELLED: frozenset(),
}
OPEN = frozenset({RunState.DRAFT, RunState.RELEASED})
TERMINAL = moves.terminal(NEXT)

LABEL: dict[RunState, str] = {
    RunState.DRAFT: "Draft",
    RunState.RELEASED: "Released",
    RunState.PAID: "Paid",
    RunState.CANCELLED: "Cancelled",
}
TONE: dict[RunState, Tone] = {
    RunState.DRAFT: "",
    RunState.RELEASED: "note",
    RunState.PAID: "good",
    RunState.CANCELLED: "",
}


def check_move(now: RunState, then: RunState) -> None:
    """Raise `Refused` unless a payout run may go from `now` to `then`."""
    moves.check("payout run", NEXT, LABEL, now, then)


def check_statement_move(now: StatementState, then: StatementState) -> None:
    """Raise `Refused` unless a statement may go from `now` to `then`."""
    moves.check("statement", STATEMENT_NEXT, STATEMENT_LABEL, now, then)


def check_four_eyes(built_by_id: int, released_by_id: int) -> None:
    """Raise `Refused` where the person who built a run would also release it."""
    if built_by_id == released_by_id:
        raise Refused("You built this run, so someone else has to release it.")
