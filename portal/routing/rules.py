"""Who gets a new deal: rules in order, each with conditions and one person or a pool; who is away or full is passed
over. Pure: rules, people and the facts of the deal come in."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from portal.errors import Refused

FEWEST_OPEN = "fewest open deals"
ALL_FULL = "fewest open deals, as everybody is at their limit"
ALL_AWAY = "everybody is away, and they are back first"
STANDS_IN = "standing in"
MOST_WEIGHT = 100
WRONG_WAY = "The size goes from the smaller number to the larger."
NOBODY = "A rule names at least one person."


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What rules look at. `languages` are those of the contact's country and of the partner's."""

    country: str = ""
    industry: str = ""
    employees: int | None = None
    partner_id: int | None = None
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """All of what is said has to hold; what is left empty does not narrow."""

    countries: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    """Any of them begins a word of the industry."""
    employees_from: int | None = None
    employees_to: int | None = None
    partner_id: int | None = None
    languages: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        low, high = self.employees_from, self.employees_to
        if low is not None and high is not None and low > high:
            raise Refused(WRONG_WAY, "employees_to")

    def hold(self, facts: Facts) -> bool:
        """A size that nobody told is in no range."""
        return (
            (not self.countries or facts.country in self.countries)
            and (not self.words or _names_one(self.words, facts.industry))
            and self._fits_size(facts.employees)
            and self.partner_id in (None, facts.partner_id)
            and (not self.languages or bool(self.languages & facts.languages))
        )

    def _fits_size(self, employees: int | None) -> bool:
        low, high = self.employees_from, self.employees_to
        if low is None and high is None:
            return True
        return employees is not None and (low or 0) <= employees and (high is None or employees <= high)


@dataclass(frozen=True)
class Member:
    """`credit` is what a member is owed of the round: it grows by the weight with each deal, and is paid with one."""

    user_id: int
    weight: int = 1
    credit: int = 0


@dataclass(frozen=True)
class Rule:
    id: int
    number: int
    """Its place in the list, as people read it."""
    label: str
    conditions: Conditions
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Away:
    until: date
    stand_in_id: int | None = None


@dataclass(frozen=True)
class Person:
    """Somebody who can own a deal."""

    user_id: int
    open_deals: int
    most_open: int | None = None
    away: Away | None = None

    @property
    def has_room(self) -> bool:
        return self.most_open is None or self.open_deals < self.most_open


@dataclass(frozen=True)
class Choice:
    user_id: int
    rule_id: int | None
    """None where no rule named anybody who can take it."""
    why: str
    credits: Mapping[int, int] = field(default_factory=dict)
    """What the members of the pool are owed from here on, by person."""


def choose(rules: Sequence[Rule], facts: Facts, people: Sequence[Person]) -> Choice:
    """The first rule that holds and names somebody who is here and has room; else whoever has the fewest open deals.

    Raises Refused where nobody can own a deal."""
    if not people:
        raise Refused("Nobody can own a deal yet. Invite a sales owner first.")
    known = {person.user_id: person for person in people}
    for rule in rules:
        if rule.conditions.hold(facts) and (choice := _of_pool(rule, known)):
            return choice
    return _without_rule(people)


def taker(user_id: int, away: Mapping[int, Away]) -> int | None:
    """Who does the work of this person now: they themselves, or whoever their stand-ins lead to. None where that is
    nobody, or a circle."""
    seen = set()
    while user_id in away:
        seen.add(user_id)
        stand_in_id = away[user_id].stand_in_id
        if stand_in_id is None or stand_in_id in seen:
            return None
        user_id = stand_in_id
    return user_id


def covered_by(user_id: int, away: Mapping[int, Away]) -> list[int]:
    """For whom this person stands in now."""
    return [each for each in sorted(away) if each != user_id and taker(each, away) == user_id]


def _of_pool(rule: Rule, known: Mapping[int, Person]) -> Choice | None:
    away = {person.user_id: person.away for person in known.values() if person.away}
    able = {}
    for member in rule.members:
        person = known.get(taker(member.user_id, away) or 0) if member.user_id in known else None
        if person is not None and person.has_room:
            able[member] = person.user_id
    if not able:
        return None
    turn = max(able, key=lambda each: (each.credit + each.weight, -each.user_id))
    paid = sum(member.weight for member in able)
    credits = {each.user_id: each.credit + each.weight - (paid if each is turn else 0) for each in able}
    why = f"by rule {rule.number}: {rule.label}"
    if able[turn] != turn.user_id:
        why = f"{why}, {STANDS_IN}"
    return Choice(able[turn], rule.id, why, credits)


def _without_rule(people: Sequence[Person]) -> Choice:
    here = [person for person in people if person.away is None]
    if not here:
        first = min(
            people, key=lambda each: (each.away.until if each.away else date.min, each.open_deals, each.user_id)
        )
        return Choice(first.user_id, None, ALL_AWAY)
    with_room = [person for person in here if person.has_room]
    return Choice(_fewest(with_room or here), None, FEWEST_OPEN if with_room else ALL_FULL)


def _fewest(people: Iterable[Person]) -> int:
    """Of equals, whoever has been here longest."""
    return min(people, key=lambda each: (each.open_deals, each.user_id)).user_id


def _names_one(words: Iterable[str], industry: str) -> bool:
    return any(re.search(rf"\b{re.escape(word)}", industry, re.IGNORECASE) for word in words)
