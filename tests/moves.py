"""A hand-written table of moves, walked over all pairs of a state machine."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

import pytest

from portal.errors import Refused

State = TypeVar("State", bound=StrEnum)


def assert_only(check: Callable[[State, State], None], states: type[State], *lines: str) -> None:
    """Each line is `state > state state`; every pair that is in none of them must be refused, with a sentence."""
    allowed = {
        (states(now.strip()), states(then))
        for now, _, thens in (line.partition(">") for line in lines)
        for then in thens.split()
    }
    for now in states:
        for then in states:
            if (now, then) in allowed:
                check(now, then)
            else:
                with pytest.raises(Refused, match=r"^[A-Z].*\.$"):
                    check(now, then)
