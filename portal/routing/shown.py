"""How routing rules look in their list."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from portal.formats import day_words
from portal.routing.queries import Listed, Named
from portal.routing.rules import Choice
from portal.routing.words import countries_words, languages_words, size_words


class Row(NamedTuple):
    ref: str
    number: int
    when: str
    who: str
    is_on: bool
    is_first: bool
    is_last: bool


def rows_of(listed: list[Listed]) -> list[Row]:
    return [
        Row(each.ref, each.rule.number, _when(each), _who(each), each.is_on, number == 1, number == len(listed))
        for number, each in enumerate(listed, 1)
    ]


def load_of(people: Iterable[Named], names: Mapping[int, str]) -> list[tuple[str, str]]:
    """Each person with what they have in hand, and whether they are away."""
    return [(each.name, ", ".join(_load(each, names))) for each in people]


def tried(choice: Choice, people: Iterable[Named]) -> str:
    """`Sam Ortega, by rule 2: DACH, software`"""
    name = next(each.name for each in people if each.id == choice.user_id)
    return f"{name}, {choice.why}."


def _load(each: Named, names: Mapping[int, str]) -> Iterable[str]:
    person = each.person
    open_deals = f"{person.open_deals:,} open"
    yield f"{open_deals} of {person.most_open:,}" if person.most_open is not None else open_deals
    if person.away:
        stand_in = names.get(person.away.stand_in_id or 0)
        yield f"away until {day_words(person.away.until)}" + (f" ({stand_in} stands in)" if stand_in else "")


def _when(each: Listed) -> str:
    said: Any = each.rule.conditions
    parts = [
        f"from {each.partner}" if each.partner else "",
        countries_words(said.countries) if said.countries else "",
        " or ".join(said.words),
        size_words(said.employees_from, said.employees_to),
        f"{languages_words(said.languages)} is spoken" if said.languages else "",
    ]
    return " · ".join(filter(None, parts)) or "Every deal"


def _who(each: Listed) -> str:
    members = each.rule.members
    if len({member.weight for member in members}) == 1:
        return ", ".join(each.names[member.user_id] for member in members) + (" in turn" if len(members) > 1 else "")
    return ", ".join(f"{each.names[member.user_id]} {member.weight}" for member in members) + " in turn"
