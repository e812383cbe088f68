"""The states of a statement and of a payout run, the day of a payment, and the rule of four eyes."""

from collections.abc import Callable, Collection
from datetime import date, timedelta
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


NEXT: dict[RunState, frozenset[RunState]] = {
    RunState.DRAFT: frozenset({RunState.RELEASED, RunState.CANCELLED}),
    RunState.RELEASED: frozenset({RunState.PAID}),
    RunState.PAID: frozenset(),
    RunState.CANCELLED: frozenset(),
}
OPEN = frozenset({RunState.DRAFT, RunState.RELEASED})

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


def check_four_eyes(
    *, built_by_id: int | None, approved_by_ids: Collection[int | None], by_id: int, deed: str, who_else: str = ""
) -> None:
    """Raise `Refused` where the person who built a run, or approved a fee in it, would also release it or record it as
    paid. `who_else` is a sentence."""
    if built_by_id == by_id:
        raise Refused(f"You built this run, so someone else has to {deed}. {who_else}".rstrip())
    if count := list(approved_by_ids).count(by_id):
        fees = "a fee" if count == 1 else f"{count} fees"
        raise Refused(f"You approved {fees} in this run, so someone else has to {deed}. {who_else}".rstrip())


def pay_day(today: date, payment_day: int, is_working: Callable[[date], bool]) -> date:
    """The next payment day, today included; where that is no working day, the next one that is."""
    day = today
    while day.day != payment_day:
        day += timedelta(days=1)
    for later in range(_LONGEST_BREAK):
        if is_working(day + timedelta(days=later)):
            return day + timedelta(days=later)
    return day


_LONGEST_BREAK = 31
"""Days without a single working one, after which a calendar says nothing about payment."""
