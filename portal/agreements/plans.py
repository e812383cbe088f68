"""What a partner earns, as data: a fee plan of rules. An agreement states it, the fee engine computes with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Any

from portal.errors import Refused
from portal.money import currency_of

_RULE_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MAX_RATE_BP = 10_000


class Trigger(StrEnum):
    WON = "won"


class Base(StrEnum):
    FIRST_DEAL = "first_deal"


class Shape(StrEnum):
    PERCENT = "percent"


TRIGGER_LABEL: dict[Trigger, str] = {Trigger.WON: "when a deal is won"}
BASE_LABEL: dict[Base, str] = {Base.FIRST_DEAL: "the first deal"}


@dataclass(frozen=True, kw_only=True)
class PlanRule:
    """One way to earn. `rate_bp` is in basis points; of rules that match together the lowest `priority` counts."""

    id: str
    trigger: Trigger = Trigger.WON
    base: Base = Base.FIRST_DEAL
    shape: Shape = Shape.PERCENT
    rate_bp: int
    clause: str
    priority: int | None = None
    conditions: tuple[()] = ()

    def __post_init__(self) -> None:
        if not _RULE_ID.fullmatch(self.id) or len(self.id) > 60:
            raise Refused("Name a rule in lower case with hyphens, for example first-deal.", "rule")
        if not 0 < self.rate_bp <= MAX_RATE_BP:
            raise Refused("A rate is more than 0 % and at most 100 %.", "rate")
        if not self.clause.strip():
            raise Refused("Name the clause of the agreement that grants this.", "clause")
        if self.conditions:
            raise Refused("A rule here has no conditions: it holds for every deal.", "conditions")

    def sentence(self) -> str:
        """`10 % of the first deal, when a deal is won`: for the agreement and the plan's own page."""
        return f"{percent(self.rate_bp)} of {BASE_LABEL[self.base]}, {TRIGGER_LABEL[self.trigger]}"

    def to_data(self) -> dict[str, Any]:
        return {**vars(self), **{name: str(getattr(self, name)) for name in ("trigger", "base", "shape")}} | {
            "conditions": list(self.conditions)
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "PlanRule":
        """Raises `Refused` for what this program cannot compute with."""
        try:
            return cls(
                id=str(data["id"]),
                trigger=Trigger(data["trigger"]),
                base=Base(data["base"]),
                shape=Shape(data["shape"]),
                rate_bp=int(data["rate_bp"]),
                clause=str(data["clause"]),
                priority=None if data.get("priority") is None else int(data["priority"]),
                conditions=tuple(data.get("conditions", ())),
            )
        except (KeyError, TypeError, ValueError) as wrong:
            raise Refused("This rule cannot be computed with: a part of it is missing or unknown.") from wrong


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One version of a fee plan. A published version never changes, so its results can be computed again for ever."""

    plan_ref: str
    version: int
    currency: str
    rules: tuple[PlanRule, ...]

    def to_data(self) -> dict[str, Any]:
        return {**vars(self), "rules": [rule.to_data() for rule in self.rules]}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Plan":
        """Raises `Refused` for data that are no plan."""
        try:
            return cls(
                plan_ref=str(data["plan_ref"]),
                version=int(data["version"]),
                currency=currency_of(str(data["currency"])),
                rules=tuple(PlanRule.from_data(rule) for rule in data["rules"]),
            )
        except (KeyError, TypeError, ValueError) as wrong:
            raise Refused("This fee plan cannot be read: a part of it is missing or unknown.") from wrong


def check_publishable(plan: Plan) -> None:
    """Raise `Refused` for what would only be discovered when it pays: no rule, or two that match undecided."""
    if not plan.rules:
        raise Refused("A plan without a rule pays nothing. Give it at least one.")
    for one, other in combinations(plan.rules, 2):
        if one.id == other.id:
            raise Refused(f"Two rules are called {one.id}. Each needs a name of its own.")
        if one.trigger is other.trigger and (one.priority is None or other.priority in (None, one.priority)):
            raise Refused(
                f"{one.id} and {other.id} match the same deal, and nothing says which counts. "
                "Give them different priorities."
            )


def percent(rate_bp: int) -> str:
    """`1000` is 10 %, `1250` is 12.5 %."""
    whole, part = divmod(rate_bp, 100)
    return f"{whole}{f'.{part:02d}'.rstrip('0') if part else ''} %"
