"""The very instant and the very last number of the rules of a claim: which side of the line it is on."""

from datetime import datetime, timedelta

import pytest

from portal.errors import Refused
from portal.fields.rules import LONGEST_CHOICE, MOST_CHOICES, choices_of
from portal.protections.rules import after_its_end, by_its_dates
from portal.referrals.claims import About, why_not_appealed
from portal.referrals.rules import ProtectionState
from tests.support.make import NOON

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("ends", "tail", "state"),
    [
        (SECOND, SECOND, ProtectionState.ACTIVE),
        (0 * SECOND, SECOND, ProtectionState.TAIL),
        (0 * SECOND, 0 * SECOND, ProtectionState.EXPIRED),
        (-SECOND, -SECOND, ProtectionState.EXPIRED),
    ],
)
def test_a_protection_is_over_at_its_end(ends: timedelta, tail: timedelta, state: ProtectionState) -> None:
    assert by_its_dates(NOON + ends, NOON + tail, NOON) is state
    if ends <= 0 * SECOND:
        assert after_its_end(NOON + tail, NOON) is state


@pytest.mark.parametrize(
    ("about", "until", "had_at", "is_refused"),
    [
        (About.DECLINE, NOON, None, False),  # at the instant that was named
        (About.DECLINE, NOON - SECOND, None, True),
        (About.DECLINE, NOON, NOON - SECOND, True),
        (None, None, None, True),
    ],
)
def test_a_decision_is_appealed_once_and_in_time(
    about: About | None, until: datetime | None, had_at: datetime | None, is_refused: bool
) -> None:
    why = why_not_appealed(about, until, NOON, had_at=had_at, day=lambda at: f"{at:%d %b}")
    assert bool(why) is is_refused


def test_as_many_choices_as_may_be_and_as_long() -> None:
    most = [f"Choice {number}" for number in range(MOST_CHOICES)]
    assert choices_of("\n".join(most)) == tuple(most)
    with pytest.raises(Refused):
        choices_of("\n".join([*most, "One more"]))
    longest = "x" * LONGEST_CHOICE
    assert choices_of(f"a\n{longest}") == ("a", longest)
    with pytest.raises(Refused):
        choices_of(f"a\n{longest}x")
