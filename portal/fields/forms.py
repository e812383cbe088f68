"""The questions as fields of a form, and the form in which an admin writes one."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from wtforms import BooleanField, DateField, Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, InputRequired, Optional

from portal.fields import rules
from portal.fields.rules import KIND_LABEL, LONGEST_TEXT, YES_NO_LABEL, Answer, Kind, Question
from portal.forms import Form, NumberField, SeenForm, at_most, choices

F = TypeVar("F", bound=Form)


@lru_cache(maxsize=50)
def with_questions(form: type[F], questions: tuple[Question, ...]) -> type[F]:
    """The form with these questions as fields of it; `form.questions` names them."""
    return type(form.__name__, (form,), {each.name: _field(each) for each in questions} | {"questions": questions})


def answers(form: Any) -> list[dict[str, str]]:
    """What was said to them, once the form is valid; what was not said is left out."""
    said = ((each, form[each.name].data) for each in form.questions)
    return [
        Answer(each.ref, each.label, each.kind, _kept(value)).to_data()
        for each, value in said
        if value not in (None, "")
    ]


def yes_or_no_so_far(form: Any) -> dict[str, str]:
    """By question, what is answered with yes, no or not known while the form is still typed."""
    return {each.ref: form[each.name].data or "" for each in form.questions if each.kind is Kind.YES_NO}


def typed(questions: tuple[Question, ...], given: list[Answer]) -> Mapping[str, Any]:
    """Answers that were kept, as the fields hold them."""
    names = {each.ref: each for each in questions}
    return {
        names[each.ref].name: _value(names[each.ref].kind, each.value)
        for each in given
        if each.ref in names and names[each.ref].kind is each.kind
    }


def _field(question: Question) -> Any:
    given: dict[str, Any] = {"description": question.hint}
    must = InputRequired(f"Please answer: {question.label.rstrip('?')}.")
    asks = [must if question.required else Optional()]
    if question.kind is Kind.NUMBER:
        return NumberField(question.label, asks, render_kw={"inputmode": "decimal"}, places=None, **given)
    if question.kind is Kind.DATE:
        return DateField(question.label, asks, **given)
    if question.kind is Kind.CHOICE:
        offered = choices({"": "Choose"} | {each: each for each in question.choices})
        return SelectField(question.label, asks, choices=offered, **given)
    if question.kind is Kind.YES_NO:
        offered = choices(YES_NO_LABEL)
        known = AnyOf(list(YES_NO_LABEL), "Please choose one.")
        return RadioField(question.label, [*asks, known], choices=offered, validate_choice=False, **given)
    return StringField(question.label, [*asks, at_most(LONGEST_TEXT)], render_kw={"autocomplete": "off"}, **given)


def _kept(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _value(kind: Kind, value: str) -> Any:
    """What a field is given to show; an erased one shows as it is."""
    if kind is not Kind.DATE:
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


class FieldForm(Form):
    label = StringField("Question", [DataRequired("Please write the question."), at_most(120)])
    hint = StringField("Hint", [at_most(200)], description="Stands below the question, in small.")
    choices = TextAreaField(
        "Answers to choose from", description="One a line; only where one of several is chosen.", render_kw={"rows": 4}
    )
    required = BooleanField("Has to be answered", description="Without it, nothing can be sent.")

    def wording(self, kind: Kind) -> dict[str, Any]:
        """Raises Refused where the choices are none."""
        offered = rules.choices_of(self.choices.data or "") if kind is Kind.CHOICE else ()
        return {
            "label": self.label.data or "",
            "hint": self.hint.data or "",
            "choices": offered,
            "required": self.required.data,
        }


class NewFieldForm(FieldForm):
    kind = SelectField("Answered with", choices=choices(KIND_LABEL))


class ChangeFieldForm(FieldForm, SeenForm):
    pass


def shown(field: Field) -> str:
    """Which macro draws it."""
    return "choices" if isinstance(field, RadioField) else "field"
