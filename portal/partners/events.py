from dataclasses import dataclass
from typing import ClassVar

from portal.events import Audience, Event


@dataclass(frozen=True, kw_only=True)
class PartnerCreated(Event):
    sentence: ClassVar[str] = "{by} added the company as a partner."


@dataclass(frozen=True, kw_only=True)
class PartnerMoved(Event):
    now: str
    then: str
    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} moved the company from {now} to {then}."


@dataclass(frozen=True, kw_only=True)
class PayoutDetailsProposed(Event):
    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} proposed where the company is to be paid."


@dataclass(frozen=True, kw_only=True)
class PayoutDetailsConfirmed(Event):
    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} confirmed where the company is paid."


@dataclass(frozen=True, kw_only=True)
class PayoutDetailsRefused(Event):
    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} refused the proposed payout details."


@dataclass(frozen=True, kw_only=True)
class TaxFormFiled(Event):
    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} put the tax form on file."
