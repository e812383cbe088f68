"""Whose company it is said to be before anybody has introduced it: an index of names, and a hold for a day."""

from datetime import timedelta
from enum import StrEnum

from portal import moves


class Kind(StrEnum):
    """What an entry of the index stands for. A deal that came of a referral is found by the referral's entry."""

    REFERRAL = "referral"
    DEAL = "deal"
    HOLD = "hold"


class HoldState(StrEnum):
    HELD = "held"
    USED = "used"
    RELEASED = "released"
    EXPIRED = "expired"


HOLD_NEXT: dict[HoldState, frozenset[HoldState]] = {
    HoldState.HELD: frozenset({HoldState.USED, HoldState.RELEASED, HoldState.EXPIRED}),
    HoldState.USED: frozenset(),
    HoldState.RELEASED: frozenset(),
    HoldState.EXPIRED: frozenset(),
}
HOLD_LABEL: dict[HoldState, str] = {
    HoldState.HELD: "Held",
    HoldState.USED: "Referred",
    HoldState.RELEASED: "Given back",
    HoldState.EXPIRED: "Ended",
}
HOLD_FOR = timedelta(hours=24)
MOST_HOLDS = 5
"""At a time, of one company: enough to ask a few prospects, too few to fence off a market."""


def check_hold_move(now: HoldState, then: HoldState) -> None:
    """Raise `Refused` unless a hold may go from `now` to `then`."""
    moves.check("hold", HOLD_NEXT, HOLD_LABEL, now, then)
