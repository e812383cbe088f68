"""Working hours and holidays, as people type them."""

import re
from collections.abc import Iterable
from datetime import date

from portal.errors import Refused

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY_MINUTES = 1440
LONGEST_NAME = 80
_SHIFT = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")


def read_hours(text: str | None, field: str) -> tuple[tuple[int, int], ...]:
    """`09:00-12:30, 13:30-17:00` as minutes after midnight; empty is a closed day. A night shift ends next day.

    Raises Refused, naming the field."""
    parts = (part.strip() for part in (text or "").split(","))
    return tuple(_shift(part, field) for part in parts if part)


def _shift(text: str, field: str) -> tuple[int, int]:
    found = _SHIFT.fullmatch(text)
    if not found:
        raise Refused(f"“{text}” is not a time of day. Write 09:00-17:00, or leave it empty when closed.", field)
    opens_h, opens_m, closes_h, closes_m = map(int, found.groups())
    opens, closes = opens_h * 60 + opens_m, closes_h * 60 + closes_m
    if max(opens_m, closes_m) > 59 or opens >= _DAY_MINUTES or closes > _DAY_MINUTES:
        raise Refused(f"“{text}” is not a time of day.", field)
    return opens, closes if closes > opens else closes + _DAY_MINUTES


def hours_words(shifts: Iterable[tuple[int, int]]) -> str:
    return ", ".join(f"{_clock(opens)}-{_clock(closes)}" for opens, closes in shifts)


def _clock(minutes: int) -> str:
    minutes = minutes if minutes <= _DAY_MINUTES else minutes - _DAY_MINUTES
    return f"{minutes // 60:02}:{minutes % 60:02}"


def read_holidays(text: str | None, field: str = "holidays") -> dict[date, str]:
    """One day a line, with or without its name. Raises Refused naming the line."""
    days = {}
    for line in filter(None, (line.strip() for line in (text or "").splitlines())):
        day, _, name = line.partition(" ")
        try:
            days[date.fromisoformat(day)] = name.strip()[:LONGEST_NAME]
        except ValueError:
            raise Refused(f"“{line}” is not a day. Write 2026-12-25 Christmas Day, one a line.", field) from None
    return days
