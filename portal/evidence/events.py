from dataclasses import dataclass
from typing import ClassVar

from portal.events import Audience, Event
from portal.evidence.rules import Grade


@dataclass(frozen=True, kw_only=True)
class EvidenceAdded(Event):
    grade: Grade

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} added proof of the introduction. It counts as {grade}."
    called: ClassVar[str] = "Proof of an introduction added"
