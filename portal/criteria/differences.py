"""What one version says that another does not, in words, for the person who decides whether to publish it."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from portal.countries import COUNTRIES
from portal.criteria.rules import FUNCTION_LABEL, SENIORITY_LABEL, WEIGHT_LABEL, Criteria


class Difference(NamedTuple):
    about: str
    sentence: str


def differences(old: Criteria, new: Criteria) -> list[Difference]:
    lists = (Difference(about, _added_and_gone(before, after)) for about, before, after in _lists(old, new))
    numbers = (Difference(about, f"{before} becomes {after}") for about, before, after in _numbers(old, new))
    return [each for each in (*lists, *numbers) if each.sentence]


def countries(criteria: Criteria) -> list[str]:
    return sorted(COUNTRIES[code] for code in criteria.territories)


def employees(criteria: Criteria) -> str:
    lowest, highest = criteria.employees
    return f"{lowest:,} to {highest:,}"


def _lists(old: Criteria, new: Criteria) -> Iterator[tuple[str, Iterable[str], Iterable[str]]]:
    yield "Territories", countries(old), countries(new)
    for level, label in SENIORITY_LABEL.items():
        yield label, old.seniority.get(level, ()), new.seniority.get(level, ())
    for function, label in FUNCTION_LABEL.items():
        yield label, old.functions.get(function, ()), new.functions.get(function, ())
    yield "Industries", old.industries, new.industries


def _numbers(old: Criteria, new: Criteria) -> Iterator[tuple[str, object, object]]:
    pairs: list[tuple[str, object, object]] = [
        ("Employees", employees(old), employees(new)),
        *((f"Weight of {label.lower()}", old.weights[name], new.weights[name]) for name, label in WEIGHT_LABEL.items()),
        ("Points needed", old.min_points, new.min_points),
    ]
    yield from (pair for pair in pairs if pair[1] != pair[2])


def _added_and_gone(before: Iterable[str], after: Iterable[str]) -> str:
    old, new = dict.fromkeys(before), dict.fromkeys(after)
    changes = {"adds": [each for each in new if each not in old], "drops": [each for each in old if each not in new]}
    return "; ".join(f"{how} {', '.join(words)}" for how, words in changes.items() if words)
