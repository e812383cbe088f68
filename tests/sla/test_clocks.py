"""Clocks on records: started, paused while we wait for the partner, met or missed."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.activity.models import EventRow
from portal.errors import Refused
from portal.extensions import db
from portal.scope import all_partners
from portal.sla import actions, jobs, queries
from portal.sla.models import BusinessCalendar, Promise, SlaClock
from portal.sla.rules import ClockKind, ClockState
from portal.worker import run_until_idle
from tests.support import make

MONDAY_9 = datetime(2026, 11, 16, 8, tzinfo=UTC)  # 09:00 in Berlin
HOUR = timedelta(hours=1)
KIND = ClockKind.FIRST_ANSWER


@pytest.fixture
def partner_id(app: Flask) -> int:
    week = [[[540, 1020]]] * 5 + [[], []]
    make.saved(BusinessCalendar(time_zone="Europe/Berlin", week=week, holidays=["2026-11-18"]))
    return make.partner().id


def start(partner_id: int, ref: str = "R-CLOCKS", at: datetime = MONDAY_9, minutes: int = 480) -> SlaClock:
    return actions.start(KIND, ref, partner_id, at, minutes)


def test_a_clock_is_due_after_working_time(partner_id: int) -> None:
    assert start(partner_id).due_at == MONDAY_9 + 8 * HOUR
    over_a_holiday = start(partner_id, "R-HOLIDY", MONDAY_9 + timedelta(days=1, hours=1))
    assert over_a_holiday.due_at == MONDAY_9 + timedelta(days=3, hours=1)


def test_without_minutes_the_programs_promise_counts(partner_id: int) -> None:
    assert actions.start(KIND, "R-PROMIS", partner_id, MONDAY_9).promised_minutes == 480
    make.saved(Promise(kind=KIND, minutes=120))
    assert actions.start(KIND, "R-OTHERS", partner_id, MONDAY_9).due_at == MONDAY_9 + 2 * HOUR


def test_without_a_calendar_the_usual_week_counts(app: Flask) -> None:
    make.program(time_zone="Europe/Berlin")
    assert start(make.partner().id).due_at == MONDAY_9 + 8 * HOUR


def test_waiting_for_the_partner_is_not_counted(partner_id: int) -> None:
    start(partner_id)
    paused = actions.pause("R-CLOCKS", KIND, MONDAY_9 + 3 * HOUR)
    assert (paused.state, paused.used_minutes) == (ClockState.PAUSED, 180)
    running = actions.resume("R-CLOCKS", KIND, MONDAY_9 + timedelta(days=3))
    assert (running.state, running.due_at) == (ClockState.RUNNING, MONDAY_9 + timedelta(days=3, hours=5))
    paused = actions.pause("R-CLOCKS", KIND, MONDAY_9 + timedelta(days=3, hours=1))
    assert paused.used_minutes == 240
    met = actions.meet("R-CLOCKS", KIND, MONDAY_9 + timedelta(days=7))
    assert (met.state, met.took_minutes) == (ClockState.MET, 240)


def test_an_answer_at_the_last_instant_is_in_time(partner_id: int) -> None:
    start(partner_id)
    met = actions.meet("R-CLOCKS", KIND, MONDAY_9 + 8 * HOUR)
    assert (met.state, met.took_minutes) == (ClockState.MET, 480)


def test_a_late_answer_is_a_breach_and_keeps_how_late_it_was(partner_id: int) -> None:
    start(partner_id)
    late = actions.meet("R-CLOCKS", KIND, MONDAY_9 + timedelta(days=1, hours=1))
    assert (late.state, late.took_minutes) == (ClockState.BREACHED, 540)
    db.session.commit()
    assert _breaches() == ["R-CLOCKS"]


def test_a_question_after_the_promised_time_does_not_undo_the_breach(partner_id: int) -> None:
    start(partner_id)
    assert actions.pause("R-CLOCKS", KIND, MONDAY_9 + 9 * HOUR).state is ClockState.BREACHED
    assert actions.resume("R-CLOCKS", KIND, MONDAY_9 + 10 * HOUR).state is ClockState.BREACHED


def test_a_clock_that_nobody_waits_for_counts_in_no_record(partner_id: int) -> None:
    for number in range(5):
        start(partner_id, f"R-{number}")
        released = actions.release(f"R-{number}", KIND, MONDAY_9 + HOUR)
        assert (released.state, released.took_minutes) == (ClockState.MET, None)
    assert queries.record(KIND, MONDAY_9 + 2 * HOUR) is None


def test_a_clock_is_met_once(partner_id: int) -> None:
    start(partner_id)
    actions.meet("R-CLOCKS", KIND, MONDAY_9 + HOUR)
    with pytest.raises(Refused, match="already"):
        actions.meet("R-CLOCKS", KIND, MONDAY_9 + 2 * HOUR)


def test_the_job_notes_what_ran_out_and_nothing_else(partner_id: int) -> None:
    late, met, paused = (start(partner_id, ref) for ref in ("R-LATE22", "R-MET222", "R-PAUSED"))
    running = start(partner_id, "R-RUNNIN", MONDAY_9 + timedelta(days=1))
    actions.meet(met.ref, KIND, MONDAY_9 + HOUR)
    actions.pause(paused.ref, KIND, MONDAY_9 + HOUR)
    db.session.commit()
    now = MONDAY_9 + 9 * HOUR
    assert jobs.due(now, 10) == [(late.id, late.version)]
    for clock_id, version in jobs.due(now, 10) * 2:
        jobs.attempt(clock_id, version, now)
    assert jobs.due(now, 10) == []
    assert _breaches() == [late.ref]
    assert [clock.state for clock in (late, running)] == [ClockState.BREACHED, ClockState.RUNNING]


def test_the_job_leaves_a_clock_that_was_met_meanwhile(partner_id: int) -> None:
    clock = start(partner_id)
    db.session.commit()
    now = MONDAY_9 + 9 * HOUR
    ((clock_id, version),) = jobs.due(now, 10)
    actions.meet(clock.ref, KIND, MONDAY_9 + HOUR)
    db.session.commit()
    jobs.attempt(clock_id, version, now)
    assert _breaches() == []


def test_the_worker_notes_it(app: Flask, partner_id: int) -> None:
    clock = start(partner_id)
    db.session.commit()
    assert run_until_idle(app, MONDAY_9 + 5 * HOUR) == 0
    assert run_until_idle(app, MONDAY_9 + 7 * HOUR) == 1  # whoever owes the answer is reminded
    assert run_until_idle(app, MONDAY_9 + 7 * HOUR) == 0
    assert run_until_idle(app, MONDAY_9 + 9 * HOUR) >= 1
    assert _breaches() == [clock.ref]


def test_the_faster_of_two_promises_counts(partner_id: int) -> None:
    make.saved(Promise(kind=KIND, minutes=240))
    assert [start(partner_id, f"R-{minutes}", minutes=minutes).promised_minutes for minutes in (480, 60)] == [240, 60]


def test_a_reminder_comes_at_three_quarters_of_the_time(partner_id: int) -> None:
    clock = start(partner_id)
    assert clock.warn_at == MONDAY_9 + 6 * HOUR
    actions.pause("R-CLOCKS", KIND, MONDAY_9 + 3 * HOUR)
    assert clock.warn_at is None
    actions.resume("R-CLOCKS", KIND, MONDAY_9 + 4 * HOUR)
    assert clock.warn_at == MONDAY_9 + 7 * HOUR
    actions.pause("R-CLOCKS", KIND, MONDAY_9 + 7.5 * HOUR)
    actions.resume("R-CLOCKS", KIND, MONDAY_9 + 7.5 * HOUR)
    assert clock.warn_at is None  # that time has passed


def test_who_owes_it_is_reminded_once_and_not_of_what_was_met(partner_id: int) -> None:
    near, met = start(partner_id, "R-NEAR22"), start(partner_id, "R-MET222")
    db.session.commit()
    now = MONDAY_9 + 6 * HOUR
    due = jobs.warnings_due(now, 10)
    assert [clock_id for clock_id, _ in due] == [near.id, met.id]
    actions.meet(met.ref, KIND, now)
    db.session.commit()
    for clock_id, version in due * 2:
        jobs.attempt_warning(clock_id, version, now)
    assert jobs.warnings_due(now, 10) == []
    assert _told("ClockNearlyDue") == [near.ref]


def test_a_missed_clock_stays_open_until_the_answer_comes(partner_id: int) -> None:
    late = start(partner_id)
    actions.breach(late, MONDAY_9 + 9 * HOUR)
    assert (late.is_open, actions.late_by(late)) == (True, timedelta())
    actions.meet("R-CLOCKS", KIND, MONDAY_9 + 32 * HOUR)
    assert (late.is_open, actions.late_by(late)) == (False, 24 * HOUR)


def test_what_is_owed_time_and_again_begins_anew(partner_id: int) -> None:
    first = actions.again(KIND, "R-AGAIN2", partner_id, MONDAY_9)
    assert first.due_at == MONDAY_9 + 8 * HOUR
    assert actions.again(KIND, "R-AGAIN2", partner_id, MONDAY_9) is first  # twice at once is once
    second = actions.again(KIND, "R-AGAIN2", partner_id, MONDAY_9 + 10 * HOUR)
    assert (first.state, actions.late_by(first), second.is_open) == (ClockState.BREACHED, 2 * HOUR, True)
    actions.release("R-AGAIN2", KIND, MONDAY_9 + 10 * HOUR)
    third = actions.again(KIND, "R-AGAIN2", partner_id, MONDAY_9 + 10 * HOUR)
    assert third.started_at > second.started_at


def test_the_record_looks_at_ninety_days(partner_id: int) -> None:
    for number, hours in enumerate((1, 2, 3, 4, 9)):
        start(partner_id, f"R-{number}")
        actions.meet(f"R-{number}", KIND, MONDAY_9 + hours * HOUR)
    measured = queries.record(KIND, MONDAY_9 + timedelta(days=1))
    assert measured is not None
    assert (measured.median_minutes, measured.in_time, measured.n) == (180, 4, 5)
    assert queries.record(KIND, MONDAY_9 + timedelta(days=91)) is None
    assert queries.record(ClockKind.FIRST_CONTACT, MONDAY_9 + timedelta(days=1)) is None


def _breaches() -> list[str]:
    return _told("ClockBreached")


def _told(kind: str) -> list[str]:
    rows = sa.select(EventRow.ref).where(EventRow.kind == kind).order_by(EventRow.seq)
    return list(db.session.scalars(all_partners(rows, "a test")))
