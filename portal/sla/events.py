from dataclasses import dataclass
from typing import ClassVar

from portal.events import Audience, Event
from portal.sla.rules import ClockKind


@dataclass(frozen=True, kw_only=True)
class ClockBreached(Event):
    """A promised time passed unanswered. Partners are told: the promise and its record are theirs to see."""

    kind: ClockKind
    promise: str

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "We missed a promised time: {promise}."
