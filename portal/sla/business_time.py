"""Working time on a business calendar, exact to the microsecond and across changes of the clock.

An instant is working time when the wall clock in the calendar's zone shows a minute of a shift and the civil date is no
holiday. So an hour that the clock skips is not counted, an hour that it repeats is counted twice, and a holiday takes
its own date out of a night shift and leaves the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portal.errors import Refused

Shifts = tuple[tuple[int, int], ...]
Span = tuple[datetime, datetime]

DAY_MINUTES = 1440
HORIZON_DAYS = 3660
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
WORKING_WEEK: tuple[Shifts, ...] = (*[((540, 1020),)] * 5, (), ())
NO_HOURS = "A calendar without working hours can promise nothing. Give it at least one shift."


@dataclass(frozen=True)
class Calendar:
    """Shifts as minutes from midnight, Monday first; a shift that closes after 1440 runs into the next day."""

    time_zone: str
    week: tuple[Shifts, ...] = WORKING_WEEK
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise Refused("A working week has seven days.")
        for opens, closes in (shift for day in self.week for shift in day):
            if not (0 <= opens < DAY_MINUTES and opens < closes <= opens + DAY_MINUTES):
                raise Refused("A shift opens on its own day and closes later, within 24 hours.")
        if not any(self.week):
            raise Refused(NO_HOURS)
        _ = self.zone

    @cached_property
    def zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise Refused(f"“{self.time_zone}” is not a time zone. Write it like Europe/Berlin.", "time_zone") from None

    @cached_property
    def by_weekday(self) -> tuple[Shifts, ...]:
        """The shifts cut at midnight, overlaps merged: what the wall clock shows on each weekday."""
        days: list[list[tuple[int, int]]] = [[] for _ in range(7)]
        for weekday, shifts in enumerate(self.week):
            for opens, closes in shifts:
                days[weekday].append((opens, min(closes, DAY_MINUTES)))
                if closes > DAY_MINUTES:
                    days[(weekday + 1) % 7].append((0, closes - DAY_MINUTES))
        return tuple(_merged(day) for day in days)

    @cached_property
    def spans_by_date(self) -> dict[date, tuple[Span, ...]]:
        """Dates that were looked at before: each is met three times, by the day around it and by both beside it."""
        return {}

    def to_data(self) -> dict[str, Any]:
        return {
            "time_zone": self.time_zone,
            "week": [[list(shift) for shift in day] for day in self.week],
            "holidays": sorted(day.isoformat() for day in self.holidays),
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Calendar":
        """Raises `Refused` for what is no calendar."""
        try:
            week = tuple(tuple((int(opens), int(closes)) for opens, closes in day) for day in data["week"])
            holidays = frozenset(date.fromisoformat(day) for day in data["holidays"])
            return cls(str(data["time_zone"]), week, holidays)
        except (KeyError, TypeError, ValueError) as wrong:
            raise Refused("This calendar cannot be read: it needs a time zone, a week and holidays.") from wrong


def due_at(calendar: Calendar, start: datetime, minutes: int) -> datetime:
    """The earliest instant, in UTC, at which `minutes` of working time have passed since `start`.

    It may be a closing time; zero minutes is the start. Raises `Refused` where ten years are not enough."""
    if minutes < 0:
        raise ValueError("a promise is not negative")
    start = _utc(start)
    left = minutes * _MINUTE
    if not left:
        return start
    for opens, closes in _spans(calendar, start, start + HORIZON_DAYS * _DAY):
        if left <= closes - opens:
            return opens + left
        left -= closes - opens
    raise Refused("This calendar has too little working time for the promise: not even ten years are enough.")


def working_minutes(calendar: Calendar, start: datetime, end: datetime) -> int:
    """The whole working minutes between two instants; what is left in seconds is dropped."""
    spans = _spans(calendar, _utc(start), _utc(end))
    return sum((closes - opens for opens, closes in spans), timedelta()) // _MINUTE


def _spans(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Span]:
    """Working spans between two instants, in order and apart from each other."""
    midnight = datetime.combine(start.date(), time(), UTC)
    while midnight < end:
        bounds = (max(start, midnight), min(end, midnight + _DAY))
        # A zone is at most a day away from UTC, so three civil dates can meet one UTC day.
        days = (midnight.date() + offset * _DAY for offset in (-1, 0, 1))
        spans = sorted(span for day in days for span in _on(calendar, day))
        for span in spans:
            yield from _clipped(span, *bounds)
        midnight += _DAY


def _on(calendar: Calendar, day: date) -> tuple[Span, ...]:
    known = calendar.spans_by_date
    if day not in known:
        known[day] = tuple(_spans_of_date(calendar, day))
    return known[day]


def _spans_of_date(calendar: Calendar, day: date) -> Iterator[Span]:
    shifts = calendar.by_weekday[day.weekday()]
    if not shifts or day in calendar.holidays:
        return
    midnight = datetime.combine(day, time(), UTC)
    for offset, since, until in _offsets(calendar.zone, midnight - _DAY, midnight + 2 * _DAY):
        for opens, closes in shifts:
            yield from _clipped(
                (midnight + opens * _MINUTE - offset, midnight + closes * _MINUTE - offset), since, until
            )


def _offsets(zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[tuple[timedelta, datetime, datetime]]:
    """The offsets from UTC in these three days, each with when it holds. A zone changes at most once in them."""
    before, after = _offset(zone, since), _offset(zone, until)
    if before == after:
        yield before, since, until
        return
    low, high = since, until
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    yield before, since, high
    yield after, high, until


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    return offset if offset is not None else timedelta()


def _clipped(span: Span, since: datetime, until: datetime) -> Sequence[Span]:
    opens, closes = max(span[0], since), min(span[1], until)
    return [(opens, closes)] if opens < closes else []


def _merged(spans: Sequence[tuple[Any, Any]]) -> tuple[tuple[Any, Any], ...]:
    merged: list[tuple[Any, Any]] = []
    for opens, closes in sorted(spans):
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], closes))
        else:
            merged.append((opens, closes))
    return tuple(merged)


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("working time is counted between instants, not between wall-clock times")
    return at.astimezone(UTC)
