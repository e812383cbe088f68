from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from portal.events import Audience, Event
from portal.sla.rules import ClockKind


@dataclass(frozen=True, kw_only=True)
class ClockNearlyDue(Event):
    """Three quarters of a promised time have passed, and whoever owes the answer was reminded."""

    kind: ClockKind
    promise: str
    due_at: datetime

    sentence: ClassVar[str] = "A promised time is near: {promise}. Whoever owes it was reminded."


@dataclass(frozen=True, kw_only=True)
class ClockBreached(Event):
    """A promised time passed unanswered. Partners are told: the promise and its record are theirs to see."""

    kind: ClockKind
    promise: str

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "We missed a promised time: {promise}."


@dataclass(frozen=True, kw_only=True)
class CalendarChanged(Event):
    sentence: ClassVar[str] = "{by} changed the hours or holidays that promises are counted in."


@dataclass(frozen=True, kw_only=True)
class HolidaysFilled(Event):
    region: str
    number: int

    sentence: ClassVar[str] = "Public holidays of {region} were filled in: {number}."
