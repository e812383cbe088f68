"""The base form every feature form extends."""

from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import FileField, HiddenField, StringField

from portal.errors import Refused
from portal.extensions import db
from portal.idempotency import new_key


def strip(value: str | None) -> str | None:
    """What people paste has blanks around it; an answer of blanks is no answer."""
    return (value.strip() or None) if isinstance(value, str) else value


class VersionField(HiddenField):
    """The version of the record that the form was made from. A form that leaves it out, or says no number, saw none
    that there is: nothing is decided by it."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = str(valuelist[0]) if valuelist else ""
        self.data = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


SAID = {
    "This field is required.": "Please fill this in.",
    "Not a valid integer value.": "Please write a whole number.",
    "Not a valid decimal value.": "Please write a number.",
    "Not a valid date value.": "Please choose a day.",
    "Invalid input.": "This cannot be read.",
    "Invalid email address.": "This is not a mail address.",
}
"""What the form library says, in the words of this portal."""


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
            if issubclass(unbound_field.field_class, StringField):
                options = {**options, "filters": [strip, *unbound_field.kwargs.get("filters", [])]}
            return unbound_field.bind(form=form, **options)

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Stripped before the validators look, so that blanks are missed where an answer is required; a file where
            words belong is no answer."""
            given = super().wrap_formdata(form, formdata)
            if given is None:
                return None
            takes_files = {name for name, field in form._unbound_fields if issubclass(field.field_class, FileField)}
            texts = [(name, each.strip()) for name, each in given.items(multi=True) if isinstance(each, str)]
            files = [(name, each) for name, each in given.items(multi=True) if name in takes_files]
            return MultiDict([pair for pair in texts if pair[0] not in takes_files] + files)

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
