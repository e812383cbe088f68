"""A fee plan as data: what is earned for what, checked when it is read, and put into words.

It stands with the agreements that name it, below the fees that are worked out from it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.errors import Refused
from portal.money import currency_of


class Trigger(StrEnum):
    WON = "won"


class Base(StrEnum):
    FIRST_DEAL = "first_deal"


class Shape(StrEnum):
    PERCENT = "percent"


BASE_WORDS = {Base.FIRST_DEAL: "the net value of the first deal"}
TRIGGER_WORDS = {Trigger.WON: "when it is won"}
MOST_BP = 10_000
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CLAUSE = re.compile(r"[1-9]\d?(\.[1-9]\d?){1,3}", re.ASCII)
_RATE = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?\s*%?", re.ASCII)


def rate_of(text: str) -> int:
    """Basis points of a rate as people type it: `10`, `12.5`, `12,5 %`. Raises `Refused` for what is none."""
    typed = _RATE.fullmatch(text.strip())
    if typed is None:
        raise Refused("Write the rate in per cent with at most two decimals, for example 12.5.", "percent")
    return int(typed[1]) * 100 + int((typed[2] or "").ljust(2, "0"))


def rate_words(rate_bp: int) -> str:
    """`1000` is 10 %, `1250` is 12.5 %."""
    whole, rest = divmod(rate_bp, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".") + " %"


@dataclass(frozen=True, kw_only=True)
class PlanRule:
    """One way to earn: `rate_bp` basis points of the base, as the clause of the agreement says."""

    name: str
    rate_bp: int
    clause: str
    trigger: Trigger = Trigger.WON
    base: Base = Base.FIRST_DEAL
    shape: Shape = Shape.PERCENT

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or len(self.name) > 60:
            raise Refused("Name the rule in lower-case words with hyphens, for example first-deal.", "name")
        if not 0 < self.rate_bp <= MOST_BP:
            raise Refused("The rate lies above 0 % and goes up to 100 %.", "percent")
        if not _CLAUSE.fullmatch(self.clause):
            raise Refused("Name the clause as it is numbered in the agreement, for example 4.1.", "clause")

    @property
    def rate(self) -> str:
        return rate_words(self.rate_bp)

    @property
    def sentence(self) -> str:
        return f"{self.rate} of {BASE_WORDS[self.base]}, {TRIGGER_WORDS[self.trigger]}"

    def to_data(self) -> dict[str, Any]:
        return {name: str(value) if isinstance(value, StrEnum) else value for name, value in vars(self).items()}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "PlanRule":
        return cls(
            name=str(data["name"]),
            rate_bp=int(data["rate_bp"]),
            clause=str(data["clause"]),
            trigger=Trigger(data["trigger"]),
            base=Base(data["base"]),
            shape=Shape(data["shape"]),
        )


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One version of a fee plan, as it is frozen in an agreement's terms."""

    ref: str
    version: int
    currency: str
    rules: tuple[PlanRule, ...]

    def __post_init__(self) -> None:
        currency_of(self.currency)
        if not self.rules:
            raise Refused("A fee plan needs at least one rule.", "percent")
        matched = [(rule.trigger, rule.base) for rule in self.rules]
        if len(set(matched)) < len(matched):
            raise Refused("Two rules pay for the same thing, and nothing says which of them counts.", "percent")
        if len({rule.name for rule in self.rules}) < len(self.rules):
            raise Refused("Two rules have the same name.", "name")

    @property
    def rate(self) -> str:
        """The rate of the agreement's text: that of the first rule."""
        return self.rules[0].rate

    def to_data(self) -> dict[str, Any]:
        rules = [rule.to_data() for rule in self.rules]
        return {"ref": self.ref, "version": self.version, "currency": self.currency, "rules": rules}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Plan":
        """Raises `Refused` for data that are no plan."""
        try:
            return cls(
                ref=str(data["ref"]),
                version=int(data["version"]),
                currency=str(data["currency"]),
                rules=tuple(PlanRule.from_data(rule) for rule in data["rules"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as wrong:
            raise Refused("This fee plan cannot be read: something is missing or of the wrong kind.") from wrong
