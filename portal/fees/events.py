from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from portal.events import Audience, Event


@dataclass(frozen=True, kw_only=True)
class FeeNotDue(Event):
    """A deal was won and earns its partner nothing. About the deal, since there is no line."""

    deal_id: int
    because: str
    """A whole sentence, without names."""

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "No fee is due for this deal. {because}"


@dataclass(frozen=True, kw_only=True)
class FeeEvent(Event):
    """Something that happened to a fee line; its reference is the line's."""

    line_id: int
    deal_id: int
    amount_minor: int
    currency: str

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} changed the fee."


@dataclass(frozen=True, kw_only=True)
class FeeBooked(FeeEvent):
    sentence: ClassVar[str] = "A fee of {amount} was booked."


@dataclass(frozen=True, kw_only=True)
class FeeApproved(FeeEvent):
    sentence: ClassVar[str] = "{by} approved the fee of {amount}."


@dataclass(frozen=True, kw_only=True)
class FeePayable(FeeEvent):
    statement_ref: str
    pay_on: date

    sentence: ClassVar[str] = "The fee of {amount} stands on statement {statement_ref} and is paid on {pay_on}."


@dataclass(frozen=True, kw_only=True)
class FeeScheduled(FeeEvent):
    run_ref: str

    audience: ClassVar[Audience] = Audience.STAFF
    sentence: ClassVar[str] = "{by} put the fee into payout run {run_ref}."


@dataclass(frozen=True, kw_only=True)
class FeeUnscheduled(FeeEvent):
    run_ref: str

    audience: ClassVar[Audience] = Audience.STAFF
    sentence: ClassVar[str] = "Payout run {run_ref} was cancelled. The fee is payable as before."


@dataclass(frozen=True, kw_only=True)
class FeePaid(FeeEvent):
    run_ref: str

    sentence: ClassVar[str] = "The fee of {amount} was paid."


@dataclass(frozen=True, kw_only=True)
class FeeVoided(FeeEvent):
    sentence: ClassVar[str] = "The fee of {amount} was taken back, because the deal was cancelled."
