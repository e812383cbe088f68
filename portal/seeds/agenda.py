"""What the demo plays: steps that are done in the order of their time, and whom and what they are about."""

import heapq
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from portal.auth.models import User
from portal.extensions import db
from portal.referrals.models import Referral

ZONE = ZoneInfo("Europe/Berlin")
FRIDAY = 4
CLOSES = 17
Step = Callable[[datetime], None]


class Agenda:
    """What happens is put on a list by its time, and done in that order; a step may put further ones on it."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.people: dict[str, User] = {}
        self.introduced: dict[str, Referral] = {}
        """By the domain of the company; by its name where a domain comes a second time."""
        self._list: list[tuple[datetime, int, Step]] = []
        self._serial = count()

    def run(self) -> None:
        """Do it all, and commit day by day."""
        day: date | None = None
        while self._list:
            at, _, step = heapq.heappop(self._list)
            if day is not None and at.date() != day:
                db.session.commit()
            day = at.date()
            step(at)
        db.session.commit()

    def at(self, days_ago: float, hour: int = 10, minute: int = 0) -> datetime:
        """A working time so many days ago; a weekend becomes the Friday before it."""
        day = self.now.astimezone(ZONE).date() - timedelta(days=days_ago)
        day -= timedelta(days=max(0, day.weekday() - FRIDAY))
        return datetime.combine(day, time(hour, minute), ZONE)

    def on(self, at: datetime, step: Step) -> None:
        """Put a step on the list; what would lie ahead of now is left to the people of the demo."""
        if at <= self.now:
            heapq.heappush(self._list, (at, next(self._serial), step))

    def after(self, at: datetime, *, days: int = 0, hours: int = 0) -> datetime:
        """Later, within working hours and on a working day."""
        local = (at + timedelta(days=days, hours=hours)).astimezone(ZONE)
        if local.hour >= CLOSES:
            local = local.replace(hour=9) + timedelta(days=1)
        return local + timedelta(days=(7 - local.weekday()) % 7 if local.weekday() > FRIDAY else 0)
