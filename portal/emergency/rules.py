"""Emergency access: a role for a few hours, asked for by one person and confirmed by another. It ends by itself."""

from datetime import datetime, timedelta
from enum import StrEnum

from portal.auth.rules import STAFF_ROLES, Role
from portal.moves import Tone

MOST_HOURS = 24
ASK_HOLDS = timedelta(days=1)
"""How long an ask waits for the second person."""
HOURS = (1, 2, 4, 8, MOST_HOURS)
MAY_BE_LENT = tuple(role for role in STAFF_ROLES if role is not Role.AUDITOR)
"""Whoever reads everything and changes nothing needs no emergency."""


class GrantState(StrEnum):
    """Where an emergency grant stands. It is read from what is stored, never stored itself."""

    ASKED = "asked"
    LAPSED = "lapsed"
    REFUSED = "refused"
    RUNNING = "running"
    ENDED = "ended"


LABEL = {
    GrantState.ASKED: "Waits for a second person",
    GrantState.LAPSED: "Nobody confirmed it",
    GrantState.REFUSED: "Refused",
    GrantState.RUNNING: "Running",
    GrantState.ENDED: "Ended",
}
TONE: dict[GrantState, Tone] = {
    GrantState.ASKED: "due",
    GrantState.LAPSED: "",
    GrantState.REFUSED: "",
    GrantState.RUNNING: "late",
    GrantState.ENDED: "",
}


def hour_words(hours: int) -> str:
    return "one hour" if hours == 1 else f"{hours} hours"


def state_of(
    *,
    asked_at: datetime,
    refused_at: datetime | None,
    ends_at: datetime | None,
    ended_at: datetime | None,
    now: datetime,
) -> GrantState:
    """It is over at its hour, whether a job has noted that or not."""
    if refused_at is not None:
        return GrantState.REFUSED
    if ends_at is not None:
        return GrantState.RUNNING if ended_at is None and now < ends_at else GrantState.ENDED
    return GrantState.ASKED if now < asked_at + ASK_HOLDS else GrantState.LAPSED
