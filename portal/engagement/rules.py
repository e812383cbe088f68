"""Whose company it is when two sides come with the same one: what is settled once, in words that both can read.

`decide` is the whole of it: values in, a ruling out. What it rests on, and when, is for those who call it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from portal.errors import Refused
from portal.months import months_after

Format = Callable[[datetime], str]
"""How the reader sees a time."""
MOST_MONTHS, MOST_DAYS = 120, 730


class Rule(StrEnum):
    """In the order in which they are asked."""

    CUSTOMER = "customer"
    OPPORTUNITY = "opportunity"
    PROTECTION = "protection"
    FIRST = "first"


class Side(StrEnum):
    CLAIMANT = "claimant"
    HOLDER = "holder"
    OURS = "ours"


RULE_LABEL: dict[Rule, str] = {
    Rule.CUSTOMER: "A customer of ours",
    Rule.OPPORTUNITY: "Our own opportunity",
    Rule.PROTECTION: "A protected claim",
    Rule.FIRST: "The first valid registration",
}


@dataclass(frozen=True, kw_only=True)
class Rules:
    """One version. The last rule decides what the others leave open, so it is always in use."""

    version: int = 1
    customer: bool = True
    customer_months: int = 12
    """So many months without a purchase, and they count as new."""
    opportunity: bool = True
    opportunity_days: int = 90
    """So many days without anything done, and our opportunity counts no more."""
    protection: bool = True
    holds_count: bool = True
    """A claim counts from its hold, where the hold led to it."""

    def __post_init__(self) -> None:
        if not 1 <= self.customer_months <= MOST_MONTHS:
            raise Refused(f"From 1 to {MOST_MONTHS} months.", "customer_months")
        if not 1 <= self.opportunity_days <= MOST_DAYS:
            raise Refused(f"From 1 to {MOST_DAYS} days.", "opportunity_days")

    @property
    def in_use(self) -> tuple[Rule, ...]:
        off = {Rule.CUSTOMER: self.customer, Rule.OPPORTUNITY: self.opportunity, Rule.PROTECTION: self.protection}
        return tuple(rule for rule in Rule if off.get(rule, True))

    def number(self, rule: Rule) -> int:
        """As it is printed: those that are not in use have none."""
        return self.in_use.index(rule) + 1

    def to_data(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "version"}

    @classmethod
    def from_data(cls, data: Mapping[str, Any], version: int) -> "Rules":
        """Raises `Refused` for data that are no rules."""
        kinds = {field.name: type(field.default) for field in fields(cls) if field.name != "version"}
        if any(type(data.get(name)) is not kind for name, kind in kinds.items()):
            raise Refused("These rules cannot be read: something is missing or of the wrong kind.")
        return cls(version=version, **{name: data[name] for name in kinds})


SHIPPED = Rules()
"""Version 1, in use from the first day on. Conflicts were decided by it, so it never changes: a new one replaces it."""


@dataclass(frozen=True)
class Claim:
    """A partner's: an introduction, or a hold that has not led to one yet."""

    key: str
    registered_at: datetime
    held_at: datetime | None = None
    """When the hold began that led to it."""
    is_protected: bool = False
    until: datetime | None = None
    """When the protection or the hold ends, where that is known."""
    is_hold: bool = False
    place: int = 0
    """In the order in which claims were written down: it decides between two of the very same time."""


@dataclass(frozen=True)
class Customer:
    key: str
    since: datetime
    active_at: datetime
    """When they last bought or paid."""


@dataclass(frozen=True)
class Opportunity:
    """A deal of ours that no partner's live claim led to."""

    key: str
    since: datetime
    active_at: datetime


Standing = Claim | Customer | Opportunity
OneOf = TypeVar("OneOf", bound=Standing)


@dataclass(frozen=True)
class Ruling:
    """Which rule of which version, and whose claim stands, with the times that it rests on. Never whose they are."""

    rule: Rule
    number: int
    version: int
    stands_with: Side
    claim_at: datetime
    standing_at: datetime
    until: datetime | None = None
    """When what stands ends by itself."""
    by_hold: bool = False

    def for_claimant(self, fmt: Format) -> str:
        if self.stands_with is Side.CLAIMANT:
            return f"Your claim of {fmt(self.claim_at)} stands by rule {self.number}."
        return _TO_CLAIMANT[self._kind].format(**self._words(fmt))

    def for_holder(self, fmt: Format) -> str:
        """For the partner whose claim was there; nothing where it was none of a partner's."""
        if self.stands_with is Side.OURS:
            return ""
        words = _HOLDER_STANDS if self.stands_with is Side.HOLDER else _HOLDER_YIELDS
        return words.format(**self._words(fmt))

    @property
    def _kind(self) -> str:
        return "hold" if self.by_hold else self.rule

    def _words(self, fmt: Format) -> dict[str, str]:
        until = f" until {fmt(self.until)}" if self.until else ""
        return {
            "claim": fmt(self.claim_at),
            "standing": fmt(self.standing_at),
            "until": until,
            "number": str(self.number),
        }


_TO_CLAIMANT = {
    "customer": "They were a customer of ours when your claim of {claim} came: they last bought on {standing}. By rule"
    " {number} an introduction of a customer does not count.",
    "opportunity": "We were in talks with them ourselves when your claim of {claim} came, last on {standing}. By rule"
    " {number} they count as ours.",
    "protection": "Another partner's claim of {standing} is protected. By rule {number} it stands before yours of"
    " {claim}{until}.",
    "hold": "Another partner held them from {standing} on, before your claim of {claim}. By rule {number} that stands"
    "{until}.",
    "first": "Another partner's claim of {standing} came before yours of {claim}. By rule {number} the first valid"
    " registration stands.",
}
_HOLDER_STANDS = (
    "Another partner introduced the same company on {claim}. Your claim of {standing} stands by rule {number};"
    " nothing changes for you."
)
_HOLDER_YIELDS = "Another partner's claim of {claim} stands before yours of {standing}, by rule {number}."


def decide(rules: Rules, claim: Claim, standing: Standing) -> Ruling:
    """Which of the two stands. Of two claims of partners it is the same one, whichever way round they are asked."""
    if isinstance(standing, Claim):
        return _between(rules, claim, standing)
    at = counts_from(rules, claim)
    if isinstance(standing, Customer):
        rule, is_on, ends = Rule.CUSTOMER, rules.customer, months_after(standing.active_at, rules.customer_months)
    else:
        ends = standing.active_at + timedelta(days=rules.opportunity_days)
        rule, is_on = Rule.OPPORTUNITY, rules.opportunity
    if is_on and standing.since <= at < ends:
        return _ruling(rules, rule, Side.OURS, at, standing.active_at, until=ends)
    return _ruling(rules, Rule.FIRST, Side.CLAIMANT, at, standing.since)


def strongest(rules: Rules, claim: Claim, standings: Iterable[OneOf]) -> tuple[Ruling, OneOf] | None:
    """Of all that speaks against a claim, what the first rule names; None where it stands against everything."""
    against = [(decide(rules, claim, each), each) for each in standings]
    against = [pair for pair in against if pair[0].stands_with is not Side.CLAIMANT]
    return min(against, key=lambda pair: (pair[0].number, pair[0].standing_at, pair[1].key), default=None)


def counts_from(rules: Rules, claim: Claim) -> datetime:
    """The time of a claim: that of its hold, where the hold was followed by it."""
    return claim.held_at if rules.holds_count and claim.held_at else claim.registered_at


def _between(rules: Rules, claim: Claim, other: Claim) -> Ruling:
    mine, theirs = _place(rules, claim), _place(rules, other)
    is_mine = mine < theirs
    winner = claim if is_mine else other
    by_protection = mine[:2] != theirs[:2] or winner.is_hold
    rule = Rule.PROTECTION if rules.protection and by_protection else Rule.FIRST
    return _ruling(
        rules,
        rule,
        Side.CLAIMANT if is_mine else Side.HOLDER,
        counts_from(rules, claim),
        counts_from(rules, other),
        until=winner.until if rule is Rule.PROTECTION else None,
        by_hold=winner.is_hold and not is_mine and rule is Rule.PROTECTION,
    )


def _place(rules: Rules, claim: Claim) -> tuple[bool, bool, datetime, int, str]:
    """The lower one stands: no two are equal, so never both do. A hold counts from when it began, as a claim does; what
    a program does not protect, it does not hold either."""
    is_idle = claim.is_hold and not rules.protection
    is_protected = rules.protection and claim.is_protected and not claim.is_hold
    return is_idle, not is_protected, counts_from(rules, claim), claim.place, claim.key


def _ruling(rules: Rules, rule: Rule, side: Side, claim_at: datetime, standing_at: datetime, **more: Any) -> Ruling:
    return Ruling(rule, rules.number(rule), rules.version, side, claim_at, standing_at, **more)
