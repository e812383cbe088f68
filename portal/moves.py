"""What every state machine shares: a table of moves, a refusal in words, the tones a state is shown in."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, TypeVar

from portal.errors import Refused

State = TypeVar("State", bound=StrEnum)
Tone = Literal["", "good", "due", "late", "note"]


def check(
    noun: str, moves: Mapping[State, frozenset[State]], label: Mapping[State, str], now: State, then: State
) -> None:
    """Raise `Refused` where the table has no move from `now` to `then`."""
    if then in moves[now]:
        return
    shown, wanted = label[now].lower(), label[then].lower()
    article = "An" if noun[0] in "aeiou" else "A"
    if now == then:
        raise Refused(f"This {noun} is already {shown}. Nothing was changed.")
    if not moves[now]:
        raise Refused(f"{article} {noun} that is {shown} stays so; it cannot become {wanted}.")
    raise Refused(f"{article} {noun} that is {shown} cannot become {wanted}.")
