import pytest

from portal.errors import Refused
from portal.sla.rules import NEXT, ClockState, check_move, record
from tests.moves import assert_only


def test_a_clock_makes_only_its_moves() -> None:
    assert_only(
        check_move,
        ClockState,
        "running > paused met breached",
        "paused > running met",
    )


def test_a_breach_stays_on_record() -> None:
    with pytest.raises(Refused, match="missed stays so"):
        check_move(ClockState.BREACHED, ClockState.MET)
    assert set(NEXT) == set(ClockState)


def test_a_record_below_five_is_hidden() -> None:
    assert record([5, 6, 7, 8], [True] * 4) is None


def test_a_record_tells_the_middle_and_the_share_in_time() -> None:
    five = record([400, 30, 190, 20, 200], [False, True, True, True, True])
    assert five is not None
    assert (five.median_minutes, five.in_time, five.n, five.percent_in_time) == (190, 4, 5, 80)
    six = record([1, 2, 3, 6, 7, 8], [True] * 6)
    assert six is not None
    assert six.median_minutes == 5


def test_one_miss_is_never_shown_as_a_hundred() -> None:
    measured = record([1] * 1_000, [True] * 999 + [False])
    assert measured is not None
    assert measured.percent_in_time == 99


def test_a_duration_without_its_flag_is_a_fault() -> None:
    with pytest.raises(ValueError, match="flag"):
        record([1, 2], [True])
