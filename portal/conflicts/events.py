from dataclasses import dataclass
from typing import ClassVar

from portal.events import Audience, Event


@dataclass(frozen=True, kw_only=True)
class ConflictEntered(Event):
    """`ref` and `partner_id` are the claimant's."""

    conflict_id: int
    rule_number: int

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "Another claim to the same company stands by rule {rule_number}."


@dataclass(frozen=True, kw_only=True)
class ClaimContested(Event):
    """`ref` and `partner_id` are those of the claim that stands."""

    conflict_id: int
    rule_number: int

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "Another partner introduced the same company. This claim stands by rule {rule_number}."


@dataclass(frozen=True, kw_only=True)
class ConflictUpheld(Event):
    conflict_id: int

    audience: ClassVar[Audience] = Audience.STAFF
    sentence: ClassVar[str] = "{by} upheld the ruling."


@dataclass(frozen=True, kw_only=True)
class ConflictSetAside(Event):
    conflict_id: int

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} set the ruling aside: the referral is under review again."


@dataclass(frozen=True, kw_only=True)
class ConflictSplit(Event):
    """The referral is qualified, and has no deal of its own: it shares that of the claim that stands."""

    conflict_id: int

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} qualified this referral: it shares a deal that goes on, and its protection began."


@dataclass(frozen=True, kw_only=True)
class ConflictLapsed(Event):
    conflict_id: int

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "The other claim has ended: the referral is under review again."


@dataclass(frozen=True, kw_only=True)
class ConflictClosed(Event):
    """The referral ended otherwise, and nothing is left to decide."""

    conflict_id: int

    audience: ClassVar[Audience] = Audience.STAFF
    sentence: ClassVar[str] = "The conflict is closed, as the referral has ended."
