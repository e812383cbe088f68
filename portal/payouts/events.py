from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from portal.events import Audience, Event


@dataclass(frozen=True, kw_only=True)
class StatementIssued(Event):
    statement_id: int
    total_minor: int
    currency: str
    line_count: int
    pay_on: date

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} issued the statement over {total}, to be paid on {pay_on}."


@dataclass(frozen=True, kw_only=True)
class RunEvent(Event):
    """Something that happened to a payout run, which pays several partners and is nobody's of them."""

    run_id: int
    total_minor: int
    currency: str
    line_count: int

    sentence: ClassVar[str] = "{by} changed the payout run."


@dataclass(frozen=True, kw_only=True)
class PayoutRunBuilt(RunEvent):
    sentence: ClassVar[str] = "{by} built the payout run of {total}."


@dataclass(frozen=True, kw_only=True)
class PayoutRunReleased(RunEvent):
    sentence: ClassVar[str] = "{by} released the payout run of {total}."


@dataclass(frozen=True, kw_only=True)
class PayoutRunPaid(RunEvent):
    sentence: ClassVar[str] = "{by} recorded the payout run of {total} as paid."


@dataclass(frozen=True, kw_only=True)
class PayoutRunCancelled(RunEvent):
    sentence: ClassVar[str] = "{by} cancelled the payout run. Its fees are payable as before."
