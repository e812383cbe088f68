from dataclasses import dataclass
from typing import ClassVar

from portal.events import Event


@dataclass(frozen=True, kw_only=True)
class CriteriaDrafted(Event):
    number: int
    sentence: ClassVar[str] = "{by} drafted version {number} of the criteria."


@dataclass(frozen=True, kw_only=True)
class CriteriaPublished(Event):
    number: int
    sentence: ClassVar[str] = "{by} published version {number} of the criteria: new referrals are read against it."
