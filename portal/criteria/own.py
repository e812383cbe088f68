"""A hard criterion of the program's own: one of its yes or no questions, and what each answer means.

It is no second question: what the form asks, corrects and keeps is the program's own question, and a version of the
criteria says how its answer is read, in the words in which it was asked then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.criteria.matrix import Outcome
from portal.errors import Refused
from portal.fields.rules import MOST, NO, YES, YES_NO_LABEL

WANTED_LABEL = {YES: "Has to be yes", NO: "Has to be no"}
MEANS_LABEL = {Outcome.DECLINE: "declines at once", Outcome.VALIDATE: "a person looks at it"}
LONGEST_WAY = 200


@dataclass(frozen=True, kw_only=True)
class OwnCriterion:
    question: str
    """The reference of the question."""
    label: str
    """Its words when the version was drafted."""
    wanted: str
    """The answer that meets it."""
    if_not: Outcome
    """What the opposite answer leads to."""
    if_not_known: Outcome
    """What it leads to that the partner says it does not know; where nothing was said at all, a person looks."""
    changes: str
    """What would change it: the partner reads it."""

    def to_data(self) -> dict[str, str]:
        return {name: str(value) for name, value in vars(self).items()}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "OwnCriterion":
        said = {name: str(data[name]) for name in ("question", "label", "wanted", "changes")}
        return cls(if_not=Outcome(data["if_not"]), if_not_known=Outcome(data["if_not_known"]), **said)

    @property
    def opposite(self) -> str:
        return NO if self.wanted == YES else YES

    @property
    def words(self) -> str:
        """`Has to be yes. No: declines at once. Not known: a person looks at it. …`"""
        opposite = f"{YES_NO_LABEL[self.opposite]}: {MEANS_LABEL[self.if_not]}"
        return f"{WANTED_LABEL[self.wanted]}. {opposite}. Not known: {MEANS_LABEL[self.if_not_known]}. {self.changes}"


def check_own(own: Sequence[OwnCriterion]) -> None:
    """Raises Refused, naming the field of the form, for one that cannot be read or explained."""
    if len({each.question for each in own}) < len(own) or len(own) > MOST:
        raise Refused("Each question of your own is read once.")
    for each in own:
        if each.wanted not in WANTED_LABEL:
            raise Refused("Say which answer it has to be.", field_of(each.question, "wanted"))
        for name in ("if_not", "if_not_known"):
            if getattr(each, name) not in MEANS_LABEL:
                raise Refused("It declines, or a person looks at it.", field_of(each.question, name))
        if not each.changes.strip():
            raise Refused("Say what would change it: the partner reads it.", field_of(each.question, "changes"))
        if len(each.changes) > LONGEST_WAY:
            raise Refused(f"Up to {LONGEST_WAY} characters, please.", field_of(each.question, "changes"))


def after(label: str, said: str) -> str:
    """`Is there a budget? No`, and `A competitor: no`."""
    return f"{label} {said}" if label.endswith("?") else f"{label}: {said.lower()}"


def field_of(question: str, part: str) -> str:
    """The name of a field in the form of a version."""
    return f"own_{question.lower().replace('-', '_')}_{part}"
