from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from portal.events import Event


@dataclass(frozen=True, kw_only=True)
class RoutingRuleAdded(Event):
    sentence: ClassVar[str] = "{by} added a routing rule."


@dataclass(frozen=True, kw_only=True)
class RoutingRuleChanged(Event):
    sentence: ClassVar[str] = "{by} changed a routing rule."


@dataclass(frozen=True, kw_only=True)
class RoutingRuleMoved(Event):
    number: int

    sentence: ClassVar[str] = "{by} made a routing rule number {number}."


@dataclass(frozen=True, kw_only=True)
class RoutingRuleRested(Event):
    sentence: ClassVar[str] = "{by} switched a routing rule off."


@dataclass(frozen=True, kw_only=True)
class RoutingRuleResumed(Event):
    sentence: ClassVar[str] = "{by} switched a routing rule on again."


@dataclass(frozen=True, kw_only=True)
class RoutingRuleDeleted(Event):
    sentence: ClassVar[str] = "{by} deleted a routing rule."


@dataclass(frozen=True, kw_only=True)
class WorkLimitSet(Event):
    """About a person. None takes the limit away."""

    most_open: int | None

    sentence: ClassVar[str] = "{by} changed how many open deals they get at most."


@dataclass(frozen=True, kw_only=True)
class AbsenceNoted(Event):
    """About the person who is away."""

    away_user_id: int
    from_on: date
    until_on: date

    sentence: ClassVar[str] = "{by} noted that {away} is away from {from_on} to {until_on}."


@dataclass(frozen=True, kw_only=True)
class AbsenceEnded(Event):
    away_user_id: int

    sentence: ClassVar[str] = "{by} ended an absence of {away}."
