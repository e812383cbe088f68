"""What time does to a referral."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from portal.events import Audience, Event


@dataclass(frozen=True, kw_only=True)
class ReferralExpiresSoon(Event):
    until_on: date

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "The question is still open. A reminder to answer by {until_on} went out."


@dataclass(frozen=True, kw_only=True)
class ReferralExpired(Event):
    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "The question stayed open too long, and this referral expired. It can be sent again."


@dataclass(frozen=True, kw_only=True)
class ReferralRenewed(Event):
    referral_id: int

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} sent this referral again."


@dataclass(frozen=True, kw_only=True)
class ReferralReopened(Event):
    referral_id: int

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} opened this referral again: somebody else decides on it."


@dataclass(frozen=True, kw_only=True)
class ReferralMadeFrom(Event):
    other_ref: str

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "It was made from {other_ref}, which was declined."


@dataclass(frozen=True, kw_only=True)
class ReferralSentAgain(Event):
    other_ref: str

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} sent it again, as {other_ref}."
