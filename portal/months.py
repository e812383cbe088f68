"""Months on the calendar. Pure."""

from calendar import monthrange
from datetime import date
from typing import TypeVar

Day = TypeVar("Day", bound=date)


def months_after(day: Day, months: int) -> Day:
    """The same day so many months later, and of an instant the same time; a day that is missing is the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))
