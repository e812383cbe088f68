"""What ends by itself, and when the partner is warned of it. Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

WARN_BEFORE = (timedelta(days=14), timedelta(days=3))
ANSWER_DAYS, APPEAL_DAYS = 30, 14
"""Until the program sets its own."""


def end_of_day(after: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The last second of the civil day so many days later: nobody has to know at what time the count began."""
    day = after.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, time(23, 59, 59), zone)


def warnings_past(ends_at: datetime, now: datetime) -> int:
    """How many of the warnings are behind: a deadline that begins shorter than they are is not warned of twice."""
    return sum(ends_at - before <= now for before in WARN_BEFORE)


def days_left(ends_at: datetime, now: datetime) -> int:
    """Whole days, counted up: what ends within a day has one left."""
    return max(0, -((now - ends_at) // timedelta(days=1)))


def left_words(ends_at: datetime, now: datetime) -> str:
    """`24 days left`."""
    days = days_left(ends_at, now)
    return "1 day left" if days == 1 else f"{days} days left"
