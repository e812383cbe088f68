from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.program import the_program
from portal.scope import all_partners
from portal.sla import rules
from portal.sla.business_time import Calendar
from portal.sla.models import BusinessCalendar, Promise, SlaClock
from portal.sla.rules import PROMISED_MINUTES, ClockKind, ClockState, Record

RECORD_DAYS = 90
RECORD_MOST = 200
"""A record is read with a page, so it looks at the latest answers only."""


def calendar() -> Calendar:
    """The working hours that promises are counted in; the usual week in the program's zone until they are set."""
    row = db.session.scalar(sa.select(BusinessCalendar))
    if row is not None:
        return Calendar.from_data({"time_zone": row.time_zone, "week": row.week, "holidays": row.holidays})
    program = the_program()
    return Calendar(program.time_zone if program else "UTC")


def promised_minutes(kind: ClockKind) -> int:
    """How many working minutes we promise for this kind."""
    set_to = db.session.scalar(sa.select(Promise.minutes).where(Promise.kind == kind))
    return PROMISED_MINUTES[kind] if set_to is None else set_to


def record(kind: ClockKind, now: datetime) -> Record | None:
    """What became of a promise in the last 90 days (at most the latest 200 answers); None below five."""
    return records((kind,), now)[kind]


def records(kinds: Sequence[ClockKind], now: datetime) -> dict[ClockKind, Record | None]:
    """The same of several promises at once."""
    answers = sa.union_all(*(sa.select(_latest_answers(kind, now).subquery()) for kind in kinds))
    found = db.session.execute(all_partners(answers, "how the program keeps its promises")).all()
    return {kind: _record([row for row in found if row.kind == kind]) for kind in kinds}


def _latest_answers(kind: ClockKind, now: datetime) -> Any:
    c = SlaClock
    return (
        sa.select(c.kind, c.took_minutes, (c.state == ClockState.MET).label("in_time"))
        .where(c.kind == kind, c.ended_at > now - timedelta(days=RECORD_DAYS), c.took_minutes.is_not(None))
        .order_by(c.ended_at.desc())
        .limit(RECORD_MOST)
    )


def _record(answers: Sequence[Any]) -> Record | None:
    return rules.record([answer.took_minutes for answer in answers], [bool(answer.in_time) for answer in answers])
