"""Working time as a number: seconds of work since the first day, so that a million deadlines are two look-ups each."""

from bisect import bisect_left, bisect_right
from datetime import date, datetime, timedelta

from portal.sla.business_time import Calendar, due_at

SLOT = 1800
AHEAD_SLOTS = 600
_HMS = [f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}" for second in range(86400)]


class WorkingTime:
    """Exact where shifts begin and end on half an hour from their opening."""

    def __init__(self, calendar: Calendar, since: datetime, now: datetime) -> None:
        self._ends = [_epoch(since)]
        at, left = since, AHEAD_SLOTS
        while left:
            at = due_at(calendar, at, SLOT // 60)
            self._ends.append(_epoch(at))
            left -= at > now
        self.now = self.before(now)
        self._days: dict[int, str] = {}

    def before(self, at: datetime) -> int:
        """The seconds of work in all whole slots that are over by then."""
        return SLOT * max(0, bisect_right(self._ends, _epoch(at)) - 1)

    def after(self, at: datetime) -> int:
        """The seconds of work that have passed when the first whole slot from then on begins."""
        return SLOT * max(0, bisect_left(self._ends, _epoch(at) + SLOT) - 1)

    def epoch(self, seconds: int) -> int:
        """When someone at work does it: at a border the morning, not the evening before."""
        slot, into = divmod(seconds, SLOT)
        return self._ends[slot + 1] - SLOT + into

    def due(self, seconds: int) -> int:
        """When so much time has passed: at a border the evening, not the morning after."""
        return self.epoch(seconds - 1) + 1 if seconds else self.epoch(seconds)

    def day(self, epoch: int) -> str:
        """2026-11-18"""
        number = epoch // 86400
        if number not in self._days:
            self._days[number] = (date(1970, 1, 1) + timedelta(days=number)).isoformat()
        return self._days[number]

    def stored(self, epoch: int) -> str:
        """As both databases take it and SQLite keeps it."""
        return f"{self.day(epoch)} {_HMS[epoch % 86400]}.000000"

    def iso(self, epoch: int) -> str:
        """As it is hashed."""
        return f"{self.day(epoch)}T{_HMS[epoch % 86400]}+00:00"


def _epoch(at: datetime) -> int:
    return int(at.timestamp())
