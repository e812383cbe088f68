"""Questions that a program asks beside the usual ones: what they look like, and how an answer is kept and said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from portal.errors import Refused

MOST = 12
"""Asked at the same time: the form takes two minutes."""
MOST_CHOICES = 30
LONGEST_CHOICE = 80
LONGEST_TEXT = 500


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"


KIND_LABEL = {
    Kind.TEXT: "Words",
    Kind.NUMBER: "A number",
    Kind.DATE: "A day",
    Kind.CHOICE: "One of several",
    Kind.YES_NO: "Yes or no",
}
YES, NO, NOT_KNOWN = "yes", "no", "not_known"
YES_NO_LABEL = {YES: "Yes", NO: "No", NOT_KNOWN: "Not known"}


@dataclass(frozen=True)
class Question:
    """One that is asked now."""

    ref: str
    label: str
    hint: str
    kind: Kind
    choices: tuple[str, ...]
    required: bool

    @property
    def name(self) -> str:
        """Of its field in a form."""
        return f"more_{self.ref.lower().replace('-', '_')}"


@dataclass(frozen=True)
class Answer:
    """What was said, with the question as it was asked then: it may be worded anew, or not be asked any more."""

    ref: str
    label: str
    kind: Kind
    value: str

    def to_data(self) -> dict[str, str]:
        return {name: str(value) for name, value in vars(self).items()}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Answer":
        return cls(str(data["ref"]), str(data["label"]), Kind(data["kind"]), str(data["value"]))

    @property
    def said(self) -> str:
        """In words, for whoever reads the referral."""
        if self.kind is Kind.YES_NO:
            return YES_NO_LABEL.get(self.value, self.value)
        if self.kind is Kind.NUMBER:
            return number_words(self.value)
        if self.kind is Kind.DATE:
            return _day(self.value)
        return self.value


def answers_of(data: Sequence[Any] | None) -> list[Answer]:
    """As they were kept on a referral."""
    return [Answer.from_data(each) for each in data or ()]


def yes_or_no(data: Sequence[Any] | None) -> dict[str, str]:
    """By question, what was answered with yes, no or not known."""
    return {each.ref: each.value for each in answers_of(data) if each.kind is Kind.YES_NO}


def number_words(value: str) -> str:
    """`1200` is 1,200; an erased one stays what it says."""
    try:
        return f"{Decimal(value):,f}"
    except ArithmeticError:
        return value


def _day(value: str) -> str:
    try:
        on = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{on.day} {on:%b} {on.year}"


def choices_of(text: str) -> tuple[str, ...]:
    """One a line, as an admin types them. Raises Refused, naming the field."""
    lines = tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if len(lines) < 2:
        raise Refused("Name at least two, each on its own line.", "choices")
    if len(lines) > MOST_CHOICES:
        raise Refused(f"At most {MOST_CHOICES}: a longer list is better asked as words.", "choices")
    if long := next((line for line in lines if len(line) > LONGEST_CHOICE), None):
        raise Refused(f"“{long[:20]}…” is longer than {LONGEST_CHOICE} letters.", "choices")
    return lines


def check_room(asked: int) -> None:
    """Raises Refused where one more question would be too many."""
    if asked >= MOST:
        raise Refused(f"{MOST} questions are asked already. Retire one first: the form takes two minutes.", "label")
