"""Working hours and holidays, as people type them."""

import re
from collections.abc import Iterable
from datetime import date

from portal.errors import Refused
from portal.typed import quoted

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY_MINUTES = 1440
LONGEST_NAME = 80
_SHIFT = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")


def read_hours(text: str | None, field: str) -> tuple[tuple[int, int], ...]:
    """`09:00-12:30, 13:30-17:00` as minutes after midnight; empty is a closed day. A night shift ends next day.

    Raises Refused, naming the field."""
    parts = [part for part in (part.strip() for part in (text or "").split(",")) if part]
    shifts = [_shift(part) for part in parts]
    if None in shifts:
        wrong = [part for part, shift in zip(parts, shifts, strict=True) if shift is None]
        are = "is not a time of day" if len(wrong) == 1 else "are not times of day"
        raise Refused(f"{quoted(wrong)} {are}. Write 09:00-17:00, or leave it empty when closed.", field)
    return tuple(filter(None, shifts))


def _shift(text: str) -> tuple[int, int] | None:
    found = _SHIFT.fullmatch(text)
    if not found:
        return None
    opens_h, opens_m, closes_h, closes_m = map(int, found.groups())
    opens, closes = opens_h * 60 + opens_m, closes_h * 60 + closes_m
    if max(opens_m, closes_m) > 59 or opens >= _DAY_MINUTES or closes > _DAY_MINUTES:
        return None
    return opens, closes if closes > opens else closes + _DAY_MINUTES


def hours_words(shifts: Iterable[tuple[int, int]]) -> str:
    return ", ".join(f"{_clock(opens)}-{_clock(closes)}" for opens, closes in shifts)


def _clock(minutes: int) -> str:
    minutes = minutes if minutes <= _DAY_MINUTES else minutes - _DAY_MINUTES
    return f"{minutes // 60:02}:{minutes % 60:02}"


def read_holidays(text: str | None, field: str = "holidays") -> dict[date, str]:
    """One day a line, with or without its name. Raises Refused naming each line that is none."""
    days, wrong = {}, []
    for line in filter(None, (line.strip() for line in (text or "").splitlines())):
        day, _, name = line.partition(" ")
        try:
            days[date.fromisoformat(day)] = name.strip()[:LONGEST_NAME]
        except ValueError:
            wrong.append(line)
    if wrong:
        are = "is not a day" if len(wrong) == 1 else "are not days"
        raise Refused(f"{quoted(wrong)} {are}. Write 2026-12-25 Christmas Day, one a line.", field)
    return days
