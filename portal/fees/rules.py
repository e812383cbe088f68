"""The states of a fee line, and when it may take the next step. Its amount and trace never change."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from portal import moves
from portal.errors import Refused
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
TO_APPROVE = frozenset({LineState.ACCRUED, LineState.ON_HOLD})
# With a day on which it is paid.
DATED = frozenset({LineState.PAYABLE, LineState.SCHEDULED})

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


def why_not_due(won_on: date, tail_ends_on: date | None) -> str:
    """The sentence that says why a won deal earns its partner nothing, or nothing. None: there is no protection."""
    if tail_ends_on is None:
        return "There is no protection that it could be credited to."
    if won_on > tail_ends_on:
        return f"It was signed on {_day(won_on)}; deals count until {_day(tail_ends_on)}, the end of the tail."
    return ""


def check_approval(state: LineState, *, booked_at: datetime, holding_days: int, now: datetime) -> None:
    """Raise `Refused` while the agreement still holds the fee back."""
    free_at = booked_at + timedelta(days=holding_days)
    if state in TO_APPROVE and now < free_at:
        raise Refused(
            f"The agreement holds fees for {holding_days} days. This one can be approved from {_day(free_at)} on."
        )


def check_void(states: Iterable[LineState]) -> None:
    """Raise `Refused` where one of these lines is too far on its way to be taken back."""
    for state in states:
        if LineState.VOID not in NEXT[state]:
            raise Refused(f"The fee of this deal is {LABEL[state].lower()} already, so the deal stays won.")


def year_of(at: datetime) -> int:
    """The calendar year (UTC) that an amount counts in."""
    return at.astimezone(UTC).year


def _day(on: date) -> str:
    return f"{on.day} {on:%b} {on.year}"
