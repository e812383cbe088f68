"""Ten thousand random cases against a clock that is watched minute by minute: it reads the wall clock alone and knows
nothing of spans. The minutes of a zone are read once, and each case counts in them."""

import random
from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

import pytest

from portal.sla.business_time import Calendar, Shifts, due_at, working_minutes

CASES, CALENDARS_A_WINDOW = 10_000, 20
DAYS = 7
MINUTE = timedelta(minutes=1)
# Each around a change of the clock, but for the last.
WINDOWS = (
    ("Europe/Berlin", "2026-03-26"),
    ("Europe/Berlin", "2026-10-22"),
    ("America/New_York", "2026-03-05"),
    ("America/New_York", "2026-10-29"),
    ("Australia/Lord_Howe", "2026-04-02"),  # by half an hour
    ("America/St_Johns", "2026-10-29"),
    ("Asia/Kathmandu", "2026-06-01"),
)
Watched = list[tuple[date, int, int]]


def watched(zone: str, first: datetime) -> Watched:
    """What the wall clock shows at each minute: the day, its weekday, the minute of the day."""
    found, clock = [], ZoneInfo(zone)
    for count in range(DAYS * 1440):
        local = (first + count * MINUTE).astimezone(clock)
        found.append((local.date(), local.weekday(), local.hour * 60 + local.minute))
    return found


def week_of(chance: random.Random) -> tuple[Shifts, ...]:
    def shift() -> tuple[int, int]:
        opens = chance.randrange(1440)
        return opens, opens + chance.randint(1, chance.choice((240, 600, 1440)))

    days = [tuple(shift() for _ in range(chance.choice((0, 1, 1, 2)))) for _ in range(7)]
    return tuple(days) if any(days) else (((540, 1020),), *[()] * 6)


def counted(calendar: Calendar, minutes: Watched) -> list[int]:
    """How many working minutes have passed before each."""
    shows = [
        [
            any(a <= minute < b for a, b in calendar.week[day])
            or any(a <= minute + 1440 < b for a, b in calendar.week[day - 1])
            for minute in range(1440)
        ]
        for day in range(7)
    ]
    works = (shows[weekday][minute] and day not in calendar.holidays for day, weekday, minute in minutes)
    return list(accumulate(works, initial=0))


@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: " ".join(window))
def test_the_clock_counts_as_one_that_is_watched(window: tuple[str, str]) -> None:
    zone, day = window
    chance, first = random.Random(f"{window}"), datetime.fromisoformat(day).replace(tzinfo=UTC)  # noqa: S311
    minutes = watched(zone, first)
    cases = CASES // len(WINDOWS) // CALENDARS_A_WINDOW + 1
    for _ in range(CALENDARS_A_WINDOW):
        holidays = frozenset(
            {first.date() + timedelta(days=chance.randrange(DAYS)) for _ in range(chance.randrange(3))}
        )
        calendar = Calendar(zone, week_of(chance), holidays)
        passed = counted(calendar, minutes)
        for _ in range(cases):
            check(calendar, first, passed, chance)


def check(calendar: Calendar, first: datetime, passed: Sequence[int], chance: random.Random) -> None:
    start = chance.randrange(2 * 1440)
    end = start + chance.randrange(2 * 1440)
    begins, ends = first + start * MINUTE, first + end * MINUTE
    worked = passed[end] - passed[start]
    assert working_minutes(calendar, begins, ends) == worked
    if worked:  # the earliest instant at which that many have passed: a minute counts once it is over
        assert due_at(calendar, begins, worked) == first + bisect_left(passed, passed[start] + worked) * MINUTE
