"""The very instant and the very last number of the rules of a claim: which side of the line it is on."""

from datetime import timedelta

import pytest

from portal.appeals.rules import Decision
from portal.appeals.rules import checked as checked_appeal
from portal.errors import Refused
from portal.fields.rules import LONGEST_CHOICE, MOST_CHOICES, choices_of
from portal.protections.rules import after_its_end, by_its_dates
from portal.referrals.claims import About
from portal.referrals.rules import ProtectionState
from tests.support.make import NOON

SECOND = timedelta(seconds=1)
DECISION = Decision(about=About.DECLINE, by_id=7, at=NOON - SECOND)


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


def test_a_decision_is_appealed_until_the_instant_that_was_named() -> None:
    assert checked_appeal(DECISION, NOON, NOON, had=False) is DECISION
    with pytest.raises(Refused, match="time to appeal is over"):
        checked_appeal(DECISION, NOON, NOON + SECOND, had=False)
    with pytest.raises(Refused, match="appealed already"):
        checked_appeal(DECISION, NOON, NOON, had=True)
    with pytest.raises(Refused, match="no decision"):
        checked_appeal(None, None, NOON, had=False)


def test_as_many_choices_as_may_be_and_as_long() -> None:
    most = [f"Choice {number}" for number in range(MOST_CHOICES)]
    assert choices_of("\n".join(most)) == tuple(most)
    with pytest.raises(Refused):
        choices_of("\n".join([*most, "One more"]))
    longest = "x" * LONGEST_CHOICE
    assert choices_of(f"a\n{longest}") == ("a", longest)
    with pytest.raises(Refused):
        choices_of(f"a\n{longest}x")
