"""Clocks whose promised time is near or has passed, each told once. Both are found by an index, in its order."""

from datetime import date, datetime

import holidays
import sqlalchemy as sa

from portal.extensions import db
from portal.scope import all_partners
from portal.sla import actions, calendars
from portal.sla.models import BusinessCalendar, SlaClock
from portal.sla.rules import ClockState

YEARS_AHEAD = 2


def due(now: datetime, limit: int) -> list[tuple[int, int]]:
    """The clocks that run past their due time, each with its version: together they name the attempt."""
    late = sa.select(SlaClock.id, SlaClock.version).where(SlaClock.state == ClockState.RUNNING, SlaClock.due_at < now)
    ordered = late.order_by(SlaClock.due_at).limit(limit)
    found = db.session.execute(all_partners(ordered, "clocks of all partners that ran out"))
    return [(row.id, row.version) for row in found]


def attempt(clock_id: int, version: int, now: datetime) -> None:
    """Note the breach and commit; a clock that was met, paused or noted meanwhile is left alone."""
    wanted = sa.select(SlaClock).where(
        SlaClock.id == clock_id, SlaClock.version == version, SlaClock.state == ClockState.RUNNING
    )
    late = wanted.where(SlaClock.due_at < now).with_for_update()
    clock = db.session.scalar(all_partners(late, "one clock that ran out"))
    if clock is not None:
        actions.breach(clock, now)
    db.session.commit()


def warnings_due(now: datetime, limit: int) -> list[tuple[int, int]]:
    """Clocks of which most of the time has passed, each with its version."""
    near = sa.select(SlaClock.id, SlaClock.version).where(SlaClock.warn_at <= now)
    ordered = near.order_by(SlaClock.warn_at, SlaClock.id).limit(limit)
    found = db.session.execute(all_partners(ordered, "clocks of all partners that run out soon"))
    return [(row.id, row.version) for row in found]


def attempt_warning(clock_id: int, version: int, now: datetime) -> None:
    """Tell whoever owes it and commit; a clock that was met, paused or told of meanwhile is left alone."""
    wanted = sa.select(SlaClock).where(SlaClock.id == clock_id, SlaClock.version == version)
    near = wanted.where(SlaClock.warn_at <= now).with_for_update()
    clock = db.session.scalar(all_partners(near, "one clock that runs out soon"))
    if clock is not None:
        actions.warn(clock, now)
    db.session.commit()


def holidays_due(now: datetime, limit: int) -> list[tuple[int, int]]:
    """Calendars that want public holidays of years that are not filled in yet, with the last year that was."""
    found = db.session.execute(_unfilled(now).limit(limit)).scalars()
    return [(calendar.id, calendar.filled_to or 0) for calendar in found]


def attempt_fill(calendar_id: int, filled_to: int, now: datetime) -> None:
    """Fill in the years that are missing, and commit. A region that nobody knows has no holidays."""
    wanted = _unfilled(now).where(BusinessCalendar.id == calendar_id).with_for_update()
    calendar = db.session.scalar(wanted)
    if calendar is not None and (calendar.filled_to or 0) == filled_to:
        years = range(max(now.year, filled_to + 1), now.year + YEARS_AHEAD + 1)
        calendars.fill(calendar, _public_holidays(calendar.region, years), years, now)
    db.session.commit()


def _unfilled(now: datetime) -> sa.Select[BusinessCalendar]:
    last = sa.func.coalesce(BusinessCalendar.filled_to, 0)
    return sa.select(BusinessCalendar).where(BusinessCalendar.region != "", last < now.year + YEARS_AHEAD)


def _public_holidays(region: str, years: range) -> dict[date, str]:
    country, _, subdivision = region.partition("-")
    try:
        return dict(holidays.country_holidays(country, subdiv=subdivision or None, years=years, language="en_US"))
    except NotImplementedError:
        return {}
