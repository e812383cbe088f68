from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.errors import Refused
from portal.sla.business_time import WORKING_WEEK, Calendar, due_at, working_minutes

BERLIN = Calendar("Europe/Berlin")
NEW_YORK = Calendar("America/New_York")
ALWAYS = replace(BERLIN, week=(((0, 1440),),) * 7)
NIGHTS = replace(BERLIN, week=(((1320, 1800),),) * 7)  # 22:00 to 06:00, every night
NY_NIGHTS = replace(NIGHTS, time_zone="America/New_York")
CHRISTMAS = frozenset({date(2026, 12, 25)})


def at(text: str, calendar: Calendar) -> datetime:
    """A wall-clock time in the calendar's zone; `fold` marks the second of a repeated hour."""
    text, _, fold = text.partition(" ")
    return datetime.fromisoformat(text).replace(tzinfo=calendar.zone, fold=1 if fold else 0)


@pytest.mark.parametrize(
    ("calendar", "start", "minutes", "due"),
    [
        (BERLIN, "2026-11-12T10:02", 480, "2026-11-13T10:02"),  # Thursday, eight working hours
        (BERLIN, "2026-11-13T16:30", 60, "2026-11-16T09:30"),  # over the weekend
        (BERLIN, "2026-11-13T16:30", 30, "2026-11-13T17:00"),  # a closing time, not the next opening
        (BERLIN, "2026-11-14T12:00", 0, "2026-11-14T12:00"),  # zero is the start, even on a Saturday
        (BERLIN, "2026-11-14T12:00", 1, "2026-11-16T09:01"),
        (BERLIN, "2026-11-13T10:02:30", 60, "2026-11-13T11:02:30"),  # seconds are kept
        (BERLIN, "2026-03-27T16:00", 120, "2026-03-30T10:00"),  # spring: the weekend is an hour shorter
        (BERLIN, "2026-10-23T16:00", 120, "2026-10-26T10:00"),  # autumn
        (NEW_YORK, "2026-03-06T16:00", 120, "2026-03-09T10:00"),
        (NEW_YORK, "2026-10-30T16:00", 120, "2026-11-02T10:00"),
        (ALWAYS, "2026-03-29T01:30", 60, "2026-03-29T03:30"),  # 02:00 to 03:00 does not exist
        (ALWAYS, "2026-10-25T01:30", 120, "2026-10-25T02:30 again"),  # 02:00 to 03:00 comes twice
        (NIGHTS, "2026-03-28T22:00", 420, "2026-03-29T06:00"),  # a night of seven hours
        (NIGHTS, "2026-10-24T22:00", 540, "2026-10-25T06:00"),  # a night of nine
        (NY_NIGHTS, "2026-03-07T22:00", 420, "2026-03-08T06:00"),
        (NY_NIGHTS, "2026-10-31T22:00", 540, "2026-11-01T06:00"),
        (NIGHTS, "2026-11-12T23:00", 480, "2026-11-13T23:00"),
        (replace(BERLIN, holidays=CHRISTMAS), "2026-12-24T16:00", 120, "2026-12-28T10:00"),
        (
            replace(NIGHTS, holidays=CHRISTMAS),
            "2026-12-24T22:00",
            121,
            "2026-12-26T00:01",
        ),  # both halves of the 25th go
        (
            replace(BERLIN, week=(((540, 720), (660, 1020)),) * 7),
            "2026-11-12T09:00",
            480,
            "2026-11-12T17:00",
        ),  # overlap
        (replace(BERLIN, week=(((540, 720), (780, 1020)),) * 7), "2026-11-12T11:00", 120, "2026-11-12T14:00"),  # lunch
        (replace(BERLIN, week=((), (), (), (), (), (), ((1380, 1500),))), "2026-11-14T09:00", 120, "2026-11-16T01:00"),
    ],
)
def test_due_is_when_the_promised_time_has_passed(calendar: Calendar, start: str, minutes: int, due: str) -> None:
    since, until = at(start, calendar), at(due, calendar)
    assert due_at(calendar, since, minutes) == until.astimezone(UTC)
    assert working_minutes(calendar, since, until) == minutes


def test_only_whole_minutes_are_counted() -> None:
    start = at("2026-11-12T10:00:30", BERLIN)
    assert working_minutes(BERLIN, start, start + timedelta(seconds=59)) == 0
    assert working_minutes(BERLIN, start, start + timedelta(seconds=60)) == 1
    assert working_minutes(BERLIN, start, start - timedelta(days=9)) == 0


def test_seconds_on_both_sides_of_a_night_make_up_a_minute() -> None:
    span = at("2026-11-12T16:59:30", BERLIN), at("2026-11-13T09:00:30", BERLIN)
    assert working_minutes(BERLIN, *span) == 1


def test_a_wall_clock_time_is_no_instant() -> None:
    with pytest.raises(ValueError, match="instants"):
        due_at(BERLIN, datetime(2026, 1, 1), 5)  # noqa: DTZ001  (that is what is refused)
    with pytest.raises(ValueError, match="negative"):
        due_at(BERLIN, datetime(2026, 1, 1, tzinfo=UTC), -1)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"week": ((),) * 7}, "at least one shift"),
        ({"week": WORKING_WEEK[:6]}, "seven days"),
        ({"week": (((1020, 540),),) * 7}, "closes later"),
        ({"week": (((540, 2000),),) * 7}, "within 24 hours"),
        ({"week": (((-1, 540),),) * 7}, "its own day"),
        ({"time_zone": "Mars/Olympus"}, "time zone"),
        ({"time_zone": "../etc/passwd"}, "time zone"),
        ({"time_zone": ""}, "time zone"),
    ],
)
def test_a_calendar_that_can_promise_nothing_is_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        replace(BERLIN, **changes)


def test_a_promise_beyond_ten_years_is_refused() -> None:
    with pytest.raises(Refused, match="ten years"):
        due_at(BERLIN, datetime(2026, 1, 1, tzinfo=UTC), 10**7)


def test_a_calendar_survives_being_stored() -> None:
    calendar = replace(NIGHTS, holidays=CHRISTMAS)
    assert Calendar.from_data(calendar.to_data()) == calendar


@pytest.mark.parametrize("data", [{}, {"time_zone": "Europe/Berlin", "week": [[[1]]] * 7, "holidays": []}])
def test_what_is_no_calendar_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        Calendar.from_data(data)


shift = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).map(lambda pair: (pair[0], pair[0] + pair[1]))
weeks = st.tuples(*[st.lists(shift, max_size=2).map(tuple)] * 7).filter(any)
zones = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"]
)
# Around the changes of the clock, and anywhere.
starts = st.sampled_from(
    ["2026-03-07", "2026-03-28", "2026-04-04", "2026-10-03", "2026-10-24", "2026-10-31", "2006-10-28"]
)


def is_working(calendar: Calendar, instant: datetime) -> bool:
    """Read from the wall clock, knowing nothing of spans."""
    local = instant.astimezone(ZoneInfo(calendar.time_zone))
    if local.date() in calendar.holidays:
        return False
    minute = local.hour * 60 + local.minute
    today, yesterday = calendar.week[local.weekday()], calendar.week[local.weekday() - 1]
    return any(a <= minute < b for a, b in today) or any(a <= minute + 1440 < b for a, b in yesterday)


@given(zones, weeks, starts, st.integers(0, 2 * 1440), st.integers(1, 3 * 1440), st.integers(0, 3))
def test_the_count_is_that_of_a_clock_watched_minute_by_minute(
    zone: str, week: Any, day: str, offset: int, length: int, holiday: int
) -> None:
    first = date.fromisoformat(day)
    calendar = Calendar(zone, week, frozenset({first + timedelta(days=holiday)}))
    start = datetime.combine(first, time(), UTC) + timedelta(minutes=offset)
    minutes = [start + timedelta(minutes=count) for count in range(length)]
    worked = [minute for minute in minutes if is_working(calendar, minute)]
    assert working_minutes(calendar, start, start + timedelta(minutes=length)) == len(worked)
    assume(worked)
    assert due_at(calendar, start, len(worked)) == worked[-1] + timedelta(minutes=1)
