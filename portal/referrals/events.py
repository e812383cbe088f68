from dataclasses import dataclass
from typing import ClassVar

from portal.events import Audience, Event
from portal.referrals.decline_reasons import DeclineReason


@dataclass(frozen=True, kw_only=True)
class ReferralSubmitted(Event):
    referral_id: int

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} sent this referral."


@dataclass(frozen=True, kw_only=True)
class ReferralEntered(Event):
    """Beside its submission: it was not the partner's person who typed it."""

    sender_user_id: int

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} entered it for {sender}."


@dataclass(frozen=True, kw_only=True)
class ReferralAsked(Event):
    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} asked a question. Our clock pauses until it is answered."


@dataclass(frozen=True, kw_only=True)
class ReferralAnswered(Event):
    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} answered the question."


@dataclass(frozen=True, kw_only=True)
class ReferralCorrected(Event):
    what: str
    """Names of facts, never the facts."""
    reads: str = ""
    """How it is read since then, where that changed."""

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} corrected what was told: {what}.{reads}"


@dataclass(frozen=True, kw_only=True)
class ReferralLeftToPerson(Event):
    """The criteria were to decide it, and something stands against that."""

    sentence: ClassVar[str] = "Something came up that the criteria do not settle: a person decides."


@dataclass(frozen=True, kw_only=True)
class ReferralQualified(Event):
    referral_id: int

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} qualified this referral, and its protection began."


@dataclass(frozen=True, kw_only=True)
class ReferralDeclined(Event):
    reason: DeclineReason

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} declined this referral."


@dataclass(frozen=True, kw_only=True)
class ReferralWithdrawn(Event):
    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} withdrew this referral."
