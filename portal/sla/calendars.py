"""The hours and holidays that promises are counted in.

A clock that runs keeps its due time whatever changes here: its partner was told it, and a promise is not moved."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

import sqlalchemy as sa

from portal.auth.models import User
from portal.events import publish
from portal.extensions import db
from portal.sla.business_time import Calendar, Shifts
from portal.sla.events import CalendarChanged, HolidaysFilled
from portal.sla.models import BusinessCalendar

PROGRAM_REF = "PROGRAM"


def change(
    by: User, *, now: datetime, time_zone: str, week: list[Shifts], holidays: Mapping[date, str], region: str
) -> None:
    """Another region takes the days of the one before along. Raises Refused for a week without working hours."""
    calendar = db.session.scalars(sa.select(BusinessCalendar)).one_or_none()
    before = calendar or BusinessCalendar(holidays=[], region="")
    names = before.holiday_names or {}
    left = {
        day: name
        for day, name in holidays.items()
        if not _goes(names.get(str(day), {}), before.region, region, now, day)
    }
    data = Calendar(time_zone, tuple(week), frozenset(left)).to_data()
    before.time_zone, before.week, before.holidays = data["time_zone"], data["week"], data["holidays"]
    before.holiday_names = {str(day): {**names.get(str(day), {}), "name": name} for day, name in left.items()}
    if before.region != region:
        before.region, before.filled_to = region, None
    db.session.add(before)
    db.session.flush()
    publish(CalendarChanged(by=by.id, at=now, ref=PROGRAM_REF))


def fill(calendar: BusinessCalendar, days: Mapping[date, str], years: Collection[int], now: datetime) -> None:
    """Public holidays of these years, beside what is there."""
    names = dict(calendar.holiday_names or {})
    new = {day: name for day, name in days.items() if str(day) not in calendar.holidays}
    names |= {str(day): {"name": name, "region": calendar.region} for day, name in new.items()}
    calendar.holidays = sorted({*calendar.holidays, *map(str, new)})
    calendar.holiday_names, calendar.filled_to = names, max(years)
    db.session.flush()
    publish(HolidaysFilled(by=None, at=now, ref=PROGRAM_REF, region=calendar.region, number=len(new)))


def _goes(known: Mapping[str, str], before: str, then: str, now: datetime, day: date) -> bool:
    """A day to come that was filled in for a region that is no longer ours."""
    return before != then and known.get("region") == before != "" and day > now.date()
