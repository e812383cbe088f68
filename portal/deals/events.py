from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from portal.deals.rules import LostReason, Stage
from portal.events import Audience, Event


@dataclass(frozen=True, kw_only=True)
class DealOpened(Event):
    """A deal begins: from a qualified referral, or entered by its owner."""

    deal_id: int
    owner_user_id: int
    referral_ref: str | None = None

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "The deal is with {owner} from here on."


@dataclass(frozen=True, kw_only=True)
class DealMoved(Event):
    deal_id: int
    now: Stage
    then: Stage

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} moved the deal from {now} to {then}."


@dataclass(frozen=True, kw_only=True)
class DealWon(Event):
    deal_id: int
    value_minor: int
    currency: str

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} won the deal."


@dataclass(frozen=True, kw_only=True)
class DealLost(Event):
    deal_id: int
    reason: LostReason

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} closed the deal as lost."


@dataclass(frozen=True, kw_only=True)
class DealParked(Event):
    deal_id: int
    until_on: date

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} parked the deal until {until_on}."


@dataclass(frozen=True, kw_only=True)
class NextStepSet(Event):
    deal_id: int

    sentence: ClassVar[str] = "{by} set the next step."
