from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import Refused
from portal.payouts.rules import check_four_eyes, pay_day


def weekdays(day: date) -> bool:
    return day.weekday() < 5


@pytest.mark.parametrize(
    ("today", "paid_on"),
    [
        (date(2026, 11, 18), date(2026, 12, 15)),
        (date(2026, 12, 15), date(2026, 12, 15)),
        (date(2026, 12, 16), date(2027, 1, 15)),
        (date(2026, 8, 1), date(2026, 8, 17)),  # the 15th is a Saturday
    ],
)
def test_fees_are_paid_on_the_next_payment_day(today: date, paid_on: date) -> None:
    assert pay_day(today, 15, weekdays) == paid_on


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 28))
def test_a_payment_day_is_a_working_day_within_five_weeks(today: date, day: int) -> None:
    paid_on = pay_day(today, day, weekdays)
    assert weekdays(paid_on)
    assert today <= paid_on <= today + timedelta(days=33)


def test_a_calendar_without_working_days_does_not_hang() -> None:
    assert pay_day(date(2026, 11, 18), 15, lambda day: False) == date(2026, 12, 15)


def test_four_eyes() -> None:
    check_four_eyes(built_by_id=1, approved_by_ids=[3, None], by_id=2, deed="release it")
    with pytest.raises(Refused, match=r"You built this run, so someone else has to release it\. Olga can\."):
        check_four_eyes(built_by_id=1, approved_by_ids=[], by_id=1, deed="release it", who_else="Olga can.")
    with pytest.raises(Refused, match=r"You approved 2 fees in this run, so someone else has to release it.$"):
        check_four_eyes(built_by_id=2, approved_by_ids=[1, 1, 3], by_id=1, deed="release it")
