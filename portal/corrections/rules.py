"""A mistake in what was told, put right after it was sent: what may be corrected, when, and how it is said."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from portal.criteria.rules import COUNTRIES
from portal.errors import Refused
from portal.fields.rules import Answer, answers_of
from portal.referrals.rules import LABEL, OPEN, TIMING_LABEL, Status, Timing

FACTS = {
    "website": "Website",
    "company": "Company",
    "country": "Country",
    "employees": "People",
    "industry": "Industry",
    "contact_name": "Contact",
    "contact_title": "Job title",
    "contact_email": "Mail address",
    "contact_phone": "Phone",
    "need": "Need",
    "timing": "When",
    "budget": "Budget",
    "decider": "Who decides",
    "expected_minor": "What it may come to",
    "public_tender": "Public tender",
}
"""What may be corrected beside the program's own questions: neither the consent nor the introduction, which were stated
on a day, nor the agreement."""
NOTHING = "Nothing is different yet. Change what is wrong, then look again."
UNSAID = "not said"
MOST_MOVES = 3
"""How often a referral may be about another website: each time says whether that company is free, and is not counted as
a question. A typo takes one."""


class Change(NamedTuple):
    what: str
    old: str
    new: str


def check_open(status: Status) -> None:
    """Raises Refused unless it still waits for a decision: what was decided was decided on what stood there."""
    if status not in OPEN:
        raise Refused(f"This referral is {LABEL[status].lower()}; only an open one can be corrected.")


def check_moves(before: int) -> None:
    """Raises Refused where the website was corrected too often."""
    if before >= MOST_MOVES:
        raise Refused(
            f"The website was corrected {MOST_MOVES} times. Withdraw it, and refer the company anew.", "website"
        )


def changes(old: Mapping[str, Any], new: Mapping[str, Any], money: Callable[[int], str]) -> list[Change]:
    """What differs, in words, in the order of the form."""
    said = [(what, _words(name, old[name], money), _words(name, new[name], money)) for name, what in FACTS.items()]
    said += _answers(answers_of(old["more_answers"]), answers_of(new["more_answers"]))
    return [Change(what, before or UNSAID, after or UNSAID) for what, before, after in said if before != after]


def kept_answers(
    old: Sequence[Mapping[str, Any]] | None, new: Sequence[Mapping[str, Any]], asked: Sequence[str]
) -> list[Mapping[str, Any]]:
    """The new answers, and those to questions that are asked no more: nobody could give them again."""
    return [*new, *(each for each in old or () if each["ref"] not in asked)]


def told(changed: Sequence[Change]) -> str:
    """`job title and country`, for the record of events: what, never from what to what."""
    names = [each.what[:1].lower() + each.what[1:] if each.what in FACTS.values() else "an answer" for each in changed]
    names = list(dict.fromkeys(names))
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _answers(old: Sequence[Answer], new: Sequence[Answer]) -> list[tuple[str, str, str]]:
    before, after = {each.ref: each for each in old}, {each.ref: each for each in new}
    labels = {each.ref: each.label for each in (*old, *new)}
    return [(label, _said(before.get(ref)), _said(after.get(ref))) for ref, label in labels.items()]


def _said(answer: Answer | None) -> str:
    return answer.said if answer else ""


def _words(name: str, value: Any, money: Callable[[int], str]) -> str:
    if name == "public_tender":
        return "Already out" if value else "None is out"
    if value in (None, ""):
        return ""
    if name == "timing":
        return TIMING_LABEL[Timing(value)]
    if name == "country":
        return COUNTRIES.get(value, str(value))
    if name == "expected_minor":
        return money(value)
    return f"{value:,}" if name == "employees" else str(value)
