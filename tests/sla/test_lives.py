"""Whole lives of a clock, through the actions: hand-computed, and against a clock that is watched minute by minute."""

import random
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.auth.models import User
from portal.extensions import db
from portal.sla import actions, calendars, jobs
from portal.sla.business_time import Calendar
from portal.sla.models import BusinessCalendar, SlaClock
from portal.sla.queries import today_of
from portal.sla.rules import ClockKind, ClockState
from tests.sla.test_watched import MINUTE, counted, watched, week_of
from tests.support import agreements, make
from tests.support.make import NOON

KIND, TUESDAY = ClockKind.DECISION, date(2026, 11, 17)
OFFICE = Calendar(
    "Europe/Berlin", (*[((540, 1020),)] * 4, ((540, 780),), (), ()), frozenset({date(2026, 11, 18)})
)  # Friday until one, a holiday on a Wednesday
ABROAD = Calendar("America/New_York", OFFICE.week, OFFICE.holidays)
NIGHTS, NIGHTS_ABROAD = (Calendar(zone, (((1320, 1800),),) * 7) for zone in ("Europe/Berlin", "America/New_York"))


class Life(NamedTuple):
    """Times are those of the calendar's zone; `again` marks the second of a repeated hour."""

    calendar: Calendar
    promised: int
    start: str
    pauses: Sequence[tuple[str, str]]
    due: str
    answer: str
    took: int


LIVES = {
    "a holiday while it rests": Life(
        OFFICE, 960, "11-16T09:00", [("11-17T12:00", "11-19T10:00")], "11-19T15:00", "11-19T15:00", 960
    ),
    "a holiday after it rested": Life(
        OFFICE, 480, "11-17T13:00", [("11-17T14:00", "11-17T16:00")], "11-19T15:00", "11-19T12:00", 300
    ),
    "it rests on the holiday": Life(
        OFFICE, 480, "11-17T13:00", [("11-18T10:00", "11-18T12:00")], "11-19T13:00", "11-19T13:00", 480
    ),
    "a half day": Life(OFFICE, 480, "11-19T16:00", [("11-20T13:00", "11-23T09:00")], "11-23T12:00", "11-23T09:30", 330),
    "before opening": Life(OFFICE, 1, "11-16T08:59", [], "11-16T09:01", "11-16T09:00", 0),
    "after closing": Life(OFFICE, 1, "11-16T17:00", [], "11-17T09:01", "11-17T09:01", 1),
    "until closing": Life(OFFICE, 480, "11-16T09:00", [], "11-16T17:00", "11-16T16:59", 479),
    "it rests at night": Life(
        OFFICE, 480, "11-16T17:00", [("11-16T20:00", "11-17T08:00")], "11-17T17:00", "11-17T09:01", 1
    ),
    "half an hour after opening": Life(
        OFFICE, 480, "11-16T09:00", [("11-16T09:30", "11-17T09:00")], "11-17T16:30", "11-17T09:10", 40
    ),
    "all of it used before it rests": Life(
        OFFICE, 480, "11-16T09:00", [("11-16T17:00", "11-17T11:00")], "11-17T11:00", "11-17T11:00", 480
    ),
    "three rests": Life(
        OFFICE,
        480,
        "11-16T09:00",
        [("11-16T10:00", "11-16T11:00"), ("11-16T16:00", "11-17T10:00"), ("11-17T10:30", "11-19T16:30")],
        "11-20T10:00",
        "11-20T10:30",
        510,
    ),
    "hours of another zone": Life(
        ABROAD, 480, "11-16T16:30", [("11-17T09:30", "11-17T12:30")], "11-19T11:30", "11-19T11:30", 480
    ),
    "an hour that comes twice": Life(
        NIGHTS, 540, "10-24T22:00", [("10-25T02:30", "10-25T02:30 again")], "10-25T23:00", "10-25T05:30", 450
    ),
    "an hour that comes twice, abroad": Life(
        NIGHTS_ABROAD, 540, "10-31T22:00", [("11-01T00:30", "11-01T01:30 again")], "11-02T00:00", "11-01T06:30", 420
    ),
    "an hour that is skipped": Life(
        NIGHTS, 420, "03-28T22:00", [("03-29T01:30", "03-29T03:30")], "03-29T23:00", "03-29T06:00", 360
    ),
    "an hour that is skipped, abroad": Life(
        NIGHTS_ABROAD, 420, "03-07T22:00", [("03-08T01:30", "03-08T03:30")], "03-08T23:00", "03-08T22:30", 390
    ),
}


def instant(calendar: Calendar, text: str) -> datetime:
    text, _, again = text.partition(" ")
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=calendar.zone, fold=bool(again)).astimezone(UTC)


def set_hours(calendar: Calendar) -> BusinessCalendar:
    row = db.session.scalars(sa.select(BusinessCalendar)).one_or_none() or BusinessCalendar()
    for name, value in calendar.to_data().items():
        setattr(row, name, value)
    db.session.add(row)
    db.session.flush()
    return row


def lived(ref: str, partner_id: int, promised: int, times: Sequence[datetime]) -> SlaClock:
    """Started, stopped and taken up again in turn."""
    start, *rests = times
    clock = actions.start(KIND, ref, partner_id, start, promised)
    for at, step in zip(rests, (actions.pause, actions.resume) * len(rests), strict=False):
        step(ref, KIND, at)
    return clock


def test_each_life_is_as_counted_by_hand(app: Flask) -> None:
    make.program(time_zone="Asia/Tokyo")
    partner_id = make.partner().id
    for name, life in LIVES.items():
        set_hours(life.calendar)
        ref = f"R-{make.number()}"
        times = [instant(life.calendar, at) for at in (life.start, *(at for rest in life.pauses for at in rest))]
        due, answer = instant(life.calendar, life.due), instant(life.calendar, life.answer)
        clock = lived(ref, partner_id, life.promised, times)
        assert clock.due_at == due, name
        actions.meet(ref, KIND, answer)
        assert clock.took_minutes == life.took, name
        assert (clock.state is ClockState.MET) == (answer <= due), name


WINDOWS = (
    ("Europe/Berlin", "2026-03-26"),
    ("Europe/Berlin", "2026-10-22"),
    ("America/New_York", "2026-03-05"),
    ("America/New_York", "2026-10-29"),
    ("Australia/Lord_Howe", "2026-04-02"),
)


def test_each_life_is_as_watched_minute_by_minute(app: Flask) -> None:
    partner_id, chance = make.partner().id, random.Random(2026)  # noqa: S311
    for zone, day in WINDOWS:
        first = datetime.fromisoformat(day).replace(tzinfo=UTC)
        minutes = watched(zone, first)
        for _ in range(2):
            holidays = frozenset({first.date() + timedelta(days=chance.randrange(7)) for _ in range(2)})
            calendar = Calendar(zone, week_of(chance), holidays)
            set_hours(calendar)
            passed = counted(calendar, minutes)
            for _ in range(6):
                check(passed, first, partner_id, chance)


def check(passed: Sequence[int], first: datetime, partner_id: int, chance: random.Random) -> None:
    promised, ref = chance.randint(1, 900), f"R-{make.number()}"
    start, *steps = sorted(chance.sample(range(len(passed)), 2 + 2 * chance.randrange(4)))
    rests, end = steps[:-1], steps[-1]
    clock = lived(ref, partner_id, promised, [first + at * MINUTE for at in (start, *rests)])
    used, begins, due = 0, start, earliest(passed, start, promised)
    for since, until in zip(rests[::2], rests[1::2], strict=True):
        if due < since:
            break
        used, begins = used + passed[since] - passed[begins], until
        due = earliest(passed, until, promised - used)
    if due < len(passed):
        assert clock.due_at == first + due * MINUTE
    actions.meet(ref, KIND, first + end * MINUTE)
    assert clock.took_minutes == used + passed[end] - passed[begins]
    assert (clock.state is ClockState.BREACHED) == (due < end)


def earliest(passed: Sequence[int], since: int, minutes: int) -> int:
    return max(since, bisect_left(passed, passed[since] + minutes))


@pytest.mark.parametrize(
    "changed",
    [
        lambda row, by: calendars.change(
            by, now=NOON, time_zone="Asia/Tokyo", week=[((600, 660),)] * 7, holidays={TUESDAY: ""}, region="DE"
        ),
        lambda row, by: calendars.fill(row, {TUESDAY: "A day off"}, [2026], NOON),
    ],
)
def test_a_promise_that_was_given_is_not_moved_by_other_hours(
    app: Flask, changed: Callable[[BusinessCalendar, User], None]
) -> None:
    """The partner was told the time. What begins or goes on after the change is counted in the new hours."""
    row, partner_id = set_hours(OFFICE), make.partner().id
    start, due = instant(OFFICE, "11-16T16:00"), instant(OFFICE, "11-17T16:00")
    runs, rests = (lived(ref, partner_id, 480, [start]) for ref in ("R-RUNS22", "R-RESTS2"))
    actions.pause(rests.ref, KIND, start)
    db.session.commit()
    changed(row, agreements.admin())
    db.session.commit()
    assert (runs.due_at, rests.due_at) == (due, due)
    assert jobs.due(due, 10) == []
    for clock_id, version in jobs.due(due + MINUTE, 10):
        jobs.attempt(clock_id, version, due + MINUTE)
    assert (runs.state, runs.due_at, rests.state) == (ClockState.BREACHED, due, ClockState.PAUSED)
    actions.resume(rests.ref, KIND, start)
    assert rests.due_at > due


def test_more_hours_than_were_promised_do_not_take_time_back(app: Flask) -> None:
    set_hours(OFFICE)
    clock = lived("R-FRIDAY", make.partner().id, 480, [instant(OFFICE, "11-20T12:00")])
    set_hours(replace(OFFICE, week=(((0, 1440),),) * 7))
    assert actions.pause(clock.ref, KIND, instant(OFFICE, "11-20T12:30")).used_minutes == 0


def test_a_day_of_ours_begins_where_our_promises_are_kept(app: Flask) -> None:
    """At noon in Berlin it is midnight in Auckland."""
    make.program(time_zone="Pacific/Auckland")
    assert today_of(NOON) == NOON.date() + timedelta(days=1)
    set_hours(OFFICE)
    assert (today_of(NOON), today_of(NOON - timedelta(hours=12))) == (NOON.date(), NOON.date())
    set_hours(replace(OFFICE, time_zone="Pacific/Honolulu"))
    assert today_of(NOON - timedelta(hours=2)) == NOON.date() - timedelta(days=1)


def test_a_reminder_comes_in_working_time_and_for_each_of_many(app: Flask) -> None:
    set_hours(OFFICE)
    partner_id, start = make.partner().id, instant(OFFICE, "11-17T16:00")
    alone, refs = actions.start(KIND, "R-ALONE2", partner_id, start, 480), ["R-FIRST2", "R-SECOND"]
    due = actions.start_each(KIND, refs, partner_id, start, 480)
    assert (alone.warn_at, alone.due_at) == (instant(OFFICE, "11-19T14:00"), due)
    db.session.commit()
    assert len(jobs.warnings_due(instant(OFFICE, "11-19T14:00"), 10)) == 3
    assert jobs.warnings_due(instant(OFFICE, "11-19T13:59"), 10) == []


def test_what_was_a_mistake_leaves_the_clock_as_it_was(app: Flask) -> None:
    set_hours(OFFICE)
    start, later = instant(OFFICE, "11-16T09:00"), instant(OFFICE, "11-17T12:00")
    clock = lived("R-UNDONE", make.partner().id, 480, [start])
    before, kept = (clock.due_at, clock.warn_at, clock.state), actions.kept(clock.ref, KIND)
    actions.pause(clock.ref, KIND, instant(OFFICE, "11-16T12:00"))
    actions.resume(clock.ref, KIND, later)
    assert clock.due_at > before[0]
    actions.put_back(clock.ref, KIND, kept)
    assert (clock.due_at, clock.warn_at, clock.state, clock.used_minutes) == (*before, 0)


def test_a_missed_promise_grows_late_until_nothing_is_owed(app: Flask) -> None:
    set_hours(OFFICE)
    clock = lived("R-LATE22", make.partner().id, 60, [instant(OFFICE, "11-16T09:00")])
    actions.breach(clock, clock.due_at + MINUTE)
    actions.release(clock.ref, KIND, clock.due_at + timedelta(days=1))
    assert actions.late_by(clock) == timedelta(days=1)


@pytest.mark.parametrize(("region", "gone"), [("DE", set()), ("AT", {"2026-12-25"}), ("", {"2026-12-25"})])
def test_days_to_come_of_another_region_go_and_ones_own_and_past_ones_stay(
    app: Flask, region: str, gone: set[str]
) -> None:
    row = set_hours(OFFICE)
    row.region, row.holidays = "DE", ["2026-12-31"]
    calendars.fill(row, {date(2026, 10, 3): "Unity", date(2026, 12, 25): "Christmas"}, [2026], NOON)
    shown = {date.fromisoformat(day): "" for day in row.holidays}
    given: dict[str, Any] = {
        "time_zone": OFFICE.time_zone,
        "week": list(OFFICE.week),
        "holidays": shown,
        "region": region,
    }
    calendars.change(agreements.admin(), now=NOON, **given)
    assert set(row.holidays) == {"2026-10-03", "2026-12-25", "2026-12-31"} - gone
    assert (row.region, row.filled_to) == (region, 2026 if region == "DE" else None)
