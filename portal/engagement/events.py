from dataclasses import dataclass
from typing import ClassVar

from portal.events import Event


@dataclass(frozen=True, kw_only=True)
class EngagementDrafted(Event):
    number: int
    sentence: ClassVar[str] = "{by} drafted version {number} of the rules of engagement."
    called: ClassVar[str] = "Rules of engagement drafted"


@dataclass(frozen=True, kw_only=True)
class EngagementPublished(Event):
    number: int
    sentence: ClassVar[str] = (
        "{by} published version {number} of the rules of engagement: new conflicts are ruled by it."
    )
    called: ClassVar[str] = "Rules of engagement published"
