from dataclasses import dataclass
from typing import ClassVar

from portal.events import Audience, Event


@dataclass(frozen=True, kw_only=True)
class CompanyHeld(Event):
    """`ref` is the hold."""

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} held a company for 24 hours."


@dataclass(frozen=True, kw_only=True)
class HoldUsed(Event):
    referral_ref: str

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "The hold became the referral {referral_ref}."


@dataclass(frozen=True, kw_only=True)
class HoldReleased(Event):
    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} gave the hold back."


@dataclass(frozen=True, kw_only=True)
class HoldExpired(Event):
    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "The hold ended after 24 hours."
