"""What one version says that another does not, in words, for the person who decides whether to publish it."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from portal.countries import COUNTRIES
from portal.criteria.matrix import CELL_LABEL, COLUMNS
from portal.criteria.own import OwnCriterion
from portal.criteria.rules import (
    FUNCTION_LABEL,
    HARD,
    HARD_LABEL,
    SENIORITY_LABEL,
    TIMING_LABEL,
    WEIGHT_LABEL,
    Criteria,
)
from portal.criteria.titles import Seniority


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


def hard(criteria: Criteria) -> list[str]:
    """What declines at once."""
    return [HARD_LABEL[each].rstrip(".") for each in HARD if each in criteria.hard]


def decider(criteria: Criteria) -> str:
    """Who decides on a referral that the criteria leave no doubt about."""
    return "is decided on arrival" if criteria.decides else "waits for a person"


def _cells(old: Criteria, new: Criteria) -> Iterator[tuple[str, object, object]]:
    for level in Seniority:
        for function in COLUMNS:
            before, after = (each.matrix.cell(level, function) for each in (old, new))
            about = f"{SENIORITY_LABEL[level]}, {FUNCTION_LABEL[function].lower()}"
            yield about, CELL_LABEL[before].lower(), CELL_LABEL[after].lower()


def _own(old: Criteria, new: Criteria) -> Iterator[tuple[str, object, object]]:
    before, after = ({each.question: each for each in version.own} for version in (old, new))
    for question, each in (before | after).items():
        old_words, new_words = (_words(version.get(question)) for version in (before, after))
        yield f"“{each.label}”", old_words, new_words


def _words(own: OwnCriterion | None) -> str:
    return own.words.rstrip(".") if own else "it takes no part"


def _lists(old: Criteria, new: Criteria) -> Iterator[tuple[str, Iterable[str], Iterable[str]]]:
    yield "Territories", countries(old), countries(new)
    for level, label in SENIORITY_LABEL.items():
        yield label, old.seniority.get(level, ()), new.seniority.get(level, ())
    for function, label in FUNCTION_LABEL.items():
        yield label, old.functions.get(function, ()), new.functions.get(function, ())
    yield "Industries", old.industries, new.industries
    yield "Declines at once", hard(old), hard(new)


def _numbers(old: Criteria, new: Criteria) -> Iterator[tuple[str, object, object]]:
    pairs: list[tuple[str, object, object]] = [
        ("Employees", employees(old), employees(new)),
        *((f"Weight of {label.lower()}", old.weights[name], new.weights[name]) for name, label in WEIGHT_LABEL.items()),
        *(
            (f"Share for “{label.lower()}”", f"{old.timing[said]} %", f"{new.timing[said]} %")
            for said, label in TIMING_LABEL.items()
        ),
        ("Points needed", old.min_points, new.min_points),
        ("What is clear", decider(old), decider(new)),
        *_cells(old, new),
        *_own(old, new),
    ]
    yield from (pair for pair in pairs if pair[1] != pair[2])


def _added_and_gone(before: Iterable[str], after: Iterable[str]) -> str:
    old, new = dict.fromkeys(before), dict.fromkeys(after)
    changes = {"adds": [each for each in new if each not in old], "drops": [each for each in old if each not in new]}
    return "; ".join(f"{how} {', '.join(words)}" for how, words in changes.items() if words)
