"""The partner's right to be credited: how it moves, when it can be extended, and the states of a request for that."""

from datetime import datetime
from enum import StrEnum

from portal import moves
from portal.referrals.rules import PROTECTION_LABEL, Ending, ProtectionState

_S = ProtectionState
_FROM_LIVE = frozenset({_S.RELEASED, _S.REVOKED})
_BACK = frozenset({_S.ACTIVE, _S.TAIL, _S.EXPIRED})

# A soft hold is a record of its own, and becomes a referral; no protection is one.
NEXT: dict[ProtectionState, frozenset[ProtectionState]] = {
    _S.SOFT_HOLD: frozenset(),
    _S.ACTIVE: _FROM_LIVE | {_S.EXTENSION_REQUESTED, _S.PAUSED, _S.TAIL, _S.EXPIRED},
    _S.EXTENSION_REQUESTED: _FROM_LIVE | {_S.ACTIVE, _S.PAUSED, _S.TAIL, _S.EXPIRED},
    _S.PAUSED: _FROM_LIVE | {_S.ACTIVE, _S.EXTENSION_REQUESTED},
    _S.TAIL: _FROM_LIVE | {_S.EXPIRED},
    _S.EXPIRED: frozenset(),
    _S.RELEASED: _BACK,
    _S.REVOKED: _BACK,
}
ENDED_WITH_DEAL = frozenset({Ending.DEAL_WON, Ending.DEAL_LOST})
"""What comes back when the deal does."""


def check_move(now: ProtectionState, then: ProtectionState) -> None:
    """Raise `Refused` unless a protection may go from `now` to `then`."""
    moves.check("protection", NEXT, PROTECTION_LABEL, now, then)


def after_its_end(tail_ends_at: datetime, now: datetime) -> ProtectionState:
    """What follows when its time is over: the tail, where the terms have one that still runs."""
    return _S.TAIL if tail_ends_at > now else _S.EXPIRED


def by_its_dates(ends_at: datetime, tail_ends_at: datetime, now: datetime) -> ProtectionState:
    """Where it stands when it comes back."""
    return _S.ACTIVE if ends_at > now else after_its_end(tail_ends_at, now)


class ExtensionState(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"
    """The protection ended otherwise before it was decided."""


EXTENSION_NEXT: dict[ExtensionState, frozenset[ExtensionState]] = {
    ExtensionState.ASKED: frozenset({ExtensionState.GRANTED, ExtensionState.REFUSED, ExtensionState.LAPSED}),
    ExtensionState.GRANTED: frozenset(),
    ExtensionState.REFUSED: frozenset(),
    ExtensionState.LAPSED: frozenset(),
}
EXTENSION_LABEL: dict[ExtensionState, str] = {
    ExtensionState.ASKED: "Asked",
    ExtensionState.GRANTED: "Granted",
    ExtensionState.REFUSED: "Refused",
    ExtensionState.LAPSED: "Settled otherwise",
}


def check_extension_move(now: ExtensionState, then: ExtensionState) -> None:
    """Raise `Refused` unless a request for an extension may go from `now` to `then`."""
    moves.check("request", EXTENSION_NEXT, EXTENSION_LABEL, now, then)
