import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa

from portal.clock import local_date
from portal.extensions import Kept, UTCDateTime, db
from portal.program import the_program
from portal.scope import all_partners
from portal.sla import rules
from portal.sla.business_time import Calendar
from portal.sla.models import BusinessCalendar, Promise, SlaClock
from portal.sla.rules import PROMISED_MINUTES, ClockKind, ClockState, Record

RECORD_DAYS = 90
RECORD_MOST = 200
"""A record is read with a page, so it looks at the latest answers only."""


def calendar_row() -> BusinessCalendar | None:
    """The calendar as it was set; None where it was not yet."""
    return db.session.scalar(sa.select(BusinessCalendar))


_week, _holidays = sa.cast(BusinessCalendar.week, sa.Text), sa.cast(BusinessCalendar.holidays, sa.Text)
_COLUMNS: tuple[Any, ...] = (BusinessCalendar.time_zone, _week, _holidays)
_CALENDAR = Kept(sa.select(*_COLUMNS))
_asked = sa.select(sa.bindparam("kind", type_=Promise.kind.type).label("kind")).subquery("asked")
PROMISED: Any = (
    sa.select(Promise.minutes, *_COLUMNS)
    .select_from(_asked)
    .outerjoin(Promise, Promise.kind == _asked.c.kind)
    .outerjoin(BusinessCalendar, sa.true())
)
"""What is promised for the parameter `kind`, as the first columns of a row that `promise_of` reads."""
_PROMISED = Kept(PROMISED)


def calendar() -> Calendar:
    """The working hours that promises are counted in; the usual week in the program's zone until they are set."""
    return _calendar_of(_CALENDAR.read().one_or_none() or (None,))


def _calendar_of(row: Sequence[Any]) -> Calendar:
    if row[0] is not None:
        return _calendar(*row)
    program = the_program()
    return Calendar(program.time_zone if program else "UTC")


@lru_cache(maxsize=8)
def _calendar(time_zone: str, week: str, holidays: str) -> Calendar:
    """Made once of what is set: it knows the working hours of a day that it was asked for before."""
    return Calendar.from_data({"time_zone": time_zone, "week": json.loads(week), "holidays": json.loads(holidays)})


ZONE: Any = sa.select(BusinessCalendar.time_zone).scalar_subquery()
"""Where our promises are kept, beside whatever else a statement reads: see `day_in`."""


def today_of(now: datetime) -> date:
    """The day of our own people, which deals, tasks and days away go by: where our promises are kept."""
    return day_in(db.session.scalar(sa.select(BusinessCalendar.time_zone)), now)


def day_in(zone: str | None, now: datetime) -> date:
    """The same, of a `ZONE` that was read already; the program's own until working hours are set."""
    program = None if zone else the_program()
    return local_date(now, zone or (program.time_zone if program else "UTC"))


def promised_minutes(kind: ClockKind) -> int:
    """How many working minutes we promise for this kind."""
    return promised(kind)[0]


def promised(kind: ClockKind) -> tuple[int, Calendar]:
    """The same with the calendar that they are counted in, in one statement."""
    return promise_of(kind, _PROMISED.read({"kind": kind}).one())


def promise_of(kind: ClockKind, row: Sequence[Any]) -> tuple[int, Calendar]:
    return PROMISED_MINUTES[kind] if row[0] is None else row[0], _calendar_of(row[1:4])


def latest(ref: str, kinds: Sequence[ClockKind]) -> SlaClock | None:
    """The clock of these kinds that was started last for this record."""
    wanted = sa.select(SlaClock).where(SlaClock.ref == ref, SlaClock.kind.in_(kinds))
    last = wanted.order_by(SlaClock.started_at.desc(), SlaClock.id.desc()).limit(1)
    return db.session.scalar(all_partners(last, "a clock by the reference of its record"))


def of(ref: str, kinds: Sequence[ClockKind]) -> Sequence[SlaClock]:
    """All clocks of these kinds for this record, the first started first."""
    wanted = sa.select(SlaClock).where(SlaClock.ref == ref, SlaClock.kind.in_(kinds)).order_by(SlaClock.started_at)
    return db.session.scalars(all_partners(wanted, "a clock by the reference of its record")).all()


def open_clock(ref: str, kinds: Sequence[ClockKind]) -> SlaClock | None:
    """The latest of them, where an answer is still owed."""
    clock = latest(ref, kinds)
    return clock if clock is not None and clock.is_open else None


def record(kind: ClockKind, now: datetime) -> Record | None:
    """What became of a promise in the last 90 days (at most the latest 200 answers); None below five."""
    return records((kind,), now)[kind]


def records(kinds: Sequence[ClockKind], now: datetime) -> dict[ClockKind, Record | None]:
    """The same of several promises at once."""
    since = now - timedelta(days=RECORD_DAYS)
    found = _kept(tuple(kinds)).read({"since": since})
    return dict.fromkeys(kinds) | {row.kind: _record(row) for row in found}


@cache
def _kept(kinds: tuple[ClockKind, ...]) -> Kept:
    """A row for each kind: all durations in one text, because two hundred rows cost more than the rest of a page."""
    answers = sa.union_all(*(sa.select(_latest_answers(kind).subquery()) for kind in kinds)).subquery()
    minutes = sa.func.aggregate_strings(sa.cast(answers.c.took_minutes, sa.String), " ")
    kept = sa.select(answers.c.kind, minutes.label("minutes"), sa.func.sum(answers.c.in_time).label("in_time"))
    return Kept(all_partners(kept.group_by(answers.c.kind), "how the program keeps its promises"))


def _latest_answers(kind: ClockKind) -> Any:
    c = SlaClock
    return (
        sa.select(c.kind, c.took_minutes, sa.case((c.state == ClockState.MET, 1), else_=0).label("in_time"))
        .where(c.kind == kind, c.ended_at > sa.bindparam("since", type_=UTCDateTime()), c.took_minutes.is_not(None))
        .order_by(c.ended_at.desc())
        .limit(RECORD_MOST)
    )


def _record(row: Any) -> Record | None:
    minutes = [int(each) for each in row.minutes.split()]
    return rules.record(minutes, [position < row.in_time for position in range(len(minutes))])
