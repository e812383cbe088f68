"""The base form every feature form extends."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict
from wtforms import (
    DateField,
    DecimalField,
    FileField,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectChoice,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, ValidationError
from wtforms.widgets import Input, TextInput
from wtforms.widgets.core import clean_key

from portal import clock
from portal.errors import Refused
from portal.extensions import db
from portal.idempotency import new_key
from portal.money import parse_minor
from portal.numbers import parse_count, parse_number
from portal.typed import MOST_YEARS, is_seen, one_line, strip

FAR = f"This is more than {MOST_YEARS} years from now. Look at the year once more."


def at_most(characters: int) -> Length:
    return Length(max=characters, message=f"Up to {characters:,} characters, please.")


def choices(labels: Mapping[Any, str]) -> list[SelectChoice]:
    """What a field offers, from the words of a rule."""
    return [SelectChoice(str(value), label) for value, label in labels.items()]


def readable(read: Callable[[str], object]) -> Callable[[Any, Any], None]:
    """A validator: what `read` refuses of an answer is said beside it, together with all else that is wrong."""

    def look(_form: Any, field: Any) -> None:
        try:
            read(field.data or "")
        except Refused as refusal:
            raise ValidationError(str(refusal)) from refusal

    return look


def version_of(typed: object) -> int:
    """The version of the record that a form was made from. One that is left out, or is no number, is 0, which no record
    has: nothing is decided by it."""
    text = str(typed)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def seen_version() -> int:
    """The version that a button was made for: it posts no more than that."""
    return version_of(request.form.get("version"))


class AmountField(StringField):
    """An amount as people type it; `minor` is what it comes to in the field's currency."""

    minor: int | None = None

    def __init__(self, *args: Any, currency: str = "EUR", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def pre_validate(self, form: Any) -> None:
        if self.data:
            try:
                self.minor = parse_minor(self.data, self.currency)
            except Refused as refusal:
                raise ValidationError(str(refusal)) from refusal


class NumberField(DecimalField):
    """A number as people type it, with thousands and decimals of either kind."""

    widget = TextInput()
    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = _read(parse_number, valuelist)


class CountField(IntegerField):
    """How many of something, as people type it: `1.200` is twelve hundred."""

    widget = TextInput()
    data: Any

    def __init__(self, *args: Any, least: int = 1, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **{"render_kw": {"inputmode": "numeric"}} | kwargs)
        self.least, self.most = least, most

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = _read(partial(parse_count, least=self.least, most=self.most), valuelist)


def _read(parse: Callable[[str], Any], valuelist: list[Any]) -> Any:
    """What a parser makes of what was typed; nothing of nothing. Its refusal is what the field then says."""
    if not valuelist or not valuelist[0]:
        return None
    try:
        return parse(valuelist[0])
    except Refused as refusal:
        raise ValueError(str(refusal)) from refusal


class DayField(DateField):
    """A day that somebody plans or tells of."""

    data: Any

    def pre_validate(self, form: Any) -> None:
        if self.data and abs(self.data.year - clock.now().year) > MOST_YEARS:
            raise ValidationError(FAR)


class VersionField(HiddenField):
    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = version_of(valuelist[0] if valuelist else None)


SAID = {
    "This field is required.": "Please fill this in.",
    "Not a valid integer value.": "Please write a whole number.",
    "Not a valid decimal value.": "Please write a number.",
    "Not a valid date value.": "Please choose a day.",
    "Not a valid time value.": "Please choose a time.",
    "Invalid input.": "This cannot be read.",
    "Not a valid choice.": "Please choose one of these.",
    "'%(value)s' is not a valid choice for this field.": "“%(value)s” is not among them. Please choose one of these.",
    "'%(value)s' are not valid choices for this field.": "“%(value)s” are not among them. Please choose one of these.",
    "Invalid email address.": "This is not a mail address.",
}
"""What the form library says, in the words of this portal."""


def attributes(**given: Any) -> Markup:
    """Of an element, as the form library writes them: that makes a Markup of each, to be joined and forgotten."""
    named = ((clean_key(name), value) for name, value in sorted(given.items()) if value is not False)
    return Markup(" ".join(name if value is True else f'{name}="{_quoted(value)}"' for name, value in named))  # noqa: S704


def _quoted(value: Any) -> str:
    """Safe between quotes: text of ours that is HTML already may still hold one."""
    return str(escape(value)).replace('"', "&quot;")


Input.html_params = staticmethod(attributes)


class _OurWords:
    def gettext(self, said: str) -> str:
        return SAID.get(said, said)

    def ngettext(self, one: str, many: str, n: int) -> str:
        return self.gettext(one if n == 1 else many)


class Form(FlaskForm):
    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> Any:
            return _OurWords()

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            kind = unbound_field.field_class
            if issubclass(kind, StringField):
                first = [strip] if issubclass(kind, TextAreaField | PasswordField) else [one_line, strip]
                options = {**options, "filters": [*first, *unbound_field.kwargs.get("filters", [])]}
            return unbound_field.bind(form=form, **options)

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Stripped before the validators look, so that blanks are missed where an answer is required; a file where
            words belong is no answer, nor are words where a file belongs."""
            given = super().wrap_formdata(form, formdata)
            if given is None:
                return None
            takes_files = {name for name, field in form._unbound_fields if issubclass(field.field_class, FileField)}
            texts = [
                (name, each.strip() if is_seen(each) else "")
                for name, each in given.items(multi=True)
                if isinstance(each, str)
            ]
            files = [pair for pair in given.items(multi=True) if not isinstance(pair[1], str)]
            return MultiDict(
                [pair for pair in texts if pair[0] not in takes_files]
                + [pair for pair in files if pair[0] in takes_files]
            )

    idempotency_key = HiddenField(default=new_key)
    """Makes a repeat of this form harmless; a corrected form keeps its key."""

    @property
    def status(self) -> int:
        return 422 if self.errors else 200

    def answers(self) -> dict[str, Any]:
        return {name: value for name, value in self.data.items() if name not in ("csrf_token", "idempotency_key")}

    def refuse(self, refusal: Refused) -> None:
        """Take back what the action began, and say why beside the field that it is about."""
        db.session.rollback()
        if refusal.field and refusal.field in self:
            self[refusal.field].errors = [*self[refusal.field].errors, str(refusal)]
        else:
            self.form_errors.append(str(refusal))


class SeenForm(Form):
    """Decides on what the person saw: the version travels with the form."""

    version = VersionField()
