"""Who gets a new deal. Pure: the people and how much they have in hand come in."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.errors import Refused

FEWEST_OPEN = "fewest open deals"


@dataclass(frozen=True)
class Candidate:
    user_id: int
    open_deals: int


@dataclass(frozen=True)
class Choice:
    user_id: int
    rule: str
    """Why this person, in words."""


def choose(candidates: Sequence[Candidate]) -> Choice:
    """Whoever has the fewest open deals; of equals, whoever has been here longest.

    Raises Refused where nobody can own a deal."""
    if not candidates:
        raise Refused("Nobody can own a deal yet. Invite a sales owner first.")
    chosen = min(candidates, key=lambda each: (each.open_deals, each.user_id))
    return Choice(chosen.user_id, FEWEST_OPEN)
