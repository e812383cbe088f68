"""One clock beside others: of another kind, another record, as it was looked at before, at the very instant."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.extensions import db
from portal.scope import all_partners
from portal.sla import actions, jobs, queries
from portal.sla.models import BusinessCalendar, SlaClock
from portal.sla.rules import ClockKind, ClockState
from tests.support import make

NINE = datetime(2026, 11, 16, 8, tzinfo=UTC)  # a Monday, 09:00 in Berlin
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
ANSWER, CONTACT = ClockKind.FIRST_ANSWER, ClockKind.FIRST_CONTACT


@pytest.fixture
def partner_id(app: Flask) -> int:
    make.saved(BusinessCalendar(time_zone="Europe/Berlin", week=[[[540, 1020]]] * 5 + [[], []], holidays=[]))
    return make.partner().id


def start(partner_id: int, ref: str, kind: ClockKind = ANSWER, at: datetime = NINE) -> SlaClock:
    clock = actions.start(kind, ref, partner_id, at, 240)
    db.session.commit()
    return clock


def states() -> dict[str, ClockState]:
    found = sa.select(SlaClock.ref, SlaClock.state)
    return {row.ref: row.state for row in db.session.execute(all_partners(found, "a test"))}


def test_a_clock_runs_out_after_its_last_instant_and_alone(partner_id: int) -> None:
    first, second = start(partner_id, "R-FIRST2"), start(partner_id, "R-SECOND")
    assert first.due_at == NINE + 4 * HOUR
    assert jobs.due(first.due_at, 9) == []
    jobs.attempt(first.id, first.version, first.due_at)
    assert set(states().values()) == {ClockState.RUNNING}
    late = first.due_at + SECOND
    assert {id_ for id_, _ in jobs.due(late, 9)} == {first.id, second.id}
    jobs.attempt(second.id, second.version, late)
    assert states() == {"R-FIRST2": ClockState.RUNNING, "R-SECOND": ClockState.BREACHED}


@pytest.mark.parametrize("attempt", [jobs.attempt, jobs.attempt_warning])
def test_a_clock_that_went_on_since_it_was_found_is_left_to_the_next_look(
    partner_id: int, attempt: Callable[[int, int, datetime], None]
) -> None:
    clock = start(partner_id, "R-FIRST2")
    before, now = clock.version, NINE + 8 * HOUR
    clock.used_minutes = 1  # whatever changed it meanwhile
    db.session.commit()
    assert clock.version > before
    warned = clock.warn_at
    attempt(clock.id, before, now)
    assert (states()["R-FIRST2"], clock.warn_at) == (ClockState.RUNNING, warned)
    attempt(clock.id, clock.version, now)
    assert clock.state is ClockState.BREACHED or clock.warn_at is None


def test_a_reminder_is_of_one_clock_and_not_before_its_time(partner_id: int) -> None:
    first, second = start(partner_id, "R-FIRST2"), start(partner_id, "R-SECOND")
    near = first.warn_at
    assert near is not None
    assert near == NINE + 3 * HOUR
    jobs.attempt_warning(first.id, first.version, near - SECOND)
    assert (first.warn_at, second.warn_at) == (near, near)
    jobs.attempt_warning(second.id, second.version, near)
    assert (first.warn_at, second.warn_at) == (near, None)


def test_a_record_has_clocks_of_several_kinds(partner_id: int) -> None:
    answer, contact = start(partner_id, "R-FIRST2"), start(partner_id, "R-FIRST2", CONTACT, NINE + HOUR)
    start(partner_id, "R-SECOND")
    assert [each.id for each in queries.of("R-FIRST2", [ANSWER, CONTACT])] == [answer.id, contact.id]
    for kind, clock in ((ANSWER, answer), (CONTACT, contact)):
        latest = queries.latest("R-FIRST2", [kind])
        assert latest is not None
        assert latest.id == clock.id
    actions.meet("R-FIRST2", CONTACT, answer.due_at)
    assert queries.open_clock("R-FIRST2", [CONTACT]) is None
    assert queries.open_clock("R-FIRST2", [ANSWER]) is answer
    actions.meet("R-FIRST2", ANSWER, answer.due_at)
    assert answer.state is ClockState.MET, "at the last instant it is in time"


def test_the_measured_record_is_that_of_one_kind(partner_id: int) -> None:
    for number in range(5):
        start(partner_id, f"R-{number}"), start(partner_id, f"R-{number}", CONTACT)
        actions.meet(f"R-{number}", ANSWER, NINE + HOUR)
        actions.meet(f"R-{number}", CONTACT, NINE + 6 * HOUR)
    found = {kind: queries.record(kind, NINE + 24 * HOUR) for kind in (ANSWER, CONTACT)}
    assert {kind: (each.median_minutes, each.in_time) for kind, each in found.items() if each} == {
        ANSWER: (60, 5),
        CONTACT: (360, 0),
    }
