"""The part of a version's form in which the program's own questions become criteria."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from wtforms import Field, SelectField, StringField
from wtforms.widgets import TextArea

from portal.criteria.own import LONGEST_WAY, MEANS_LABEL, WANTED_LABEL, OwnCriterion, after, field_of
from portal.fields.rules import NOT_KNOWN, YES_NO_LABEL, Kind, Question
from portal.forms import Form, at_most, choices

F = TypeVar("F", bound=Form)
TAKES_NO_PART = "Takes no part"
_MEANS = choices({name: words[:1].upper() + words[1:] for name, words in MEANS_LABEL.items()})
_PARTS = ("wanted", "if_not", "if_not_known", "changes")


class Shown(NamedTuple):
    """One question as the page shows it."""

    title: str
    """The question, and what it leads to in short."""
    fields: list[Field]

    @property
    def is_wrong(self) -> bool:
        return any(each.errors for each in self.fields)


def yes_or_no(asked: Sequence[Question]) -> tuple[Question, ...]:
    """Those that can be a criterion."""
    return tuple(each for each in asked if each.kind is Kind.YES_NO)


@lru_cache(maxsize=50)
def with_own(form: type[F], questions: tuple[Question, ...]) -> type[F]:
    """The form with what it may say of each of these questions; `form.questions` names them."""
    fields = {field_of(each.ref, part): field for each in questions for part, field in _fields().items()}
    return type(form.__name__, (form,), fields | {"questions": questions})


def filled(own: Sequence[OwnCriterion]) -> dict[str, str]:
    """What a version says, by the names of the fields."""
    return {field_of(each.question, part): str(getattr(each, part)) for each in own for part in _PARTS}


def said(form: Any) -> list[dict[str, str]]:
    """What was typed, in the shape that `OwnCriterion.from_data` reads; a question that takes no part is left out."""
    return [
        {"question": each.ref, "label": each.label}
        | {part: form[field_of(each.ref, part)].data or "" for part in _PARTS}
        for each in form.questions
        if form[field_of(each.ref, "wanted")].data
    ]


def shown(form: Any) -> list[Shown]:
    """Each question with what it leads to, in short, and its fields."""
    return [_shown(each, [form[field_of(each.ref, part)] for part in _PARTS]) for each in form.questions]


def _shown(question: Question, fields: list[Field]) -> Shown:
    wanted = fields[0].data
    return Shown(after(question.label, WANTED_LABEL.get(wanted, TAKES_NO_PART)), fields)


def _fields() -> dict[str, Any]:
    return {
        "wanted": SelectField("The answer", choices=choices({"": TAKES_NO_PART} | WANTED_LABEL), default=""),
        "if_not": SelectField("The opposite answer", choices=_MEANS),
        "if_not_known": SelectField(f"“{YES_NO_LABEL[NOT_KNOWN]}”", choices=_MEANS, default="validate"),
        "changes": StringField(
            "What would change it",
            [at_most(LONGEST_WAY)],
            description="The partner reads it where it is missed.",
            widget=TextArea(),
        ),
    }
