from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import DateField, SearchField, SelectChoice, SelectField, ValidationError
from wtforms.validators import Optional

from portal.activity.rules import group_label, grouped
from portal.events import KINDS
from portal.forms import Form, at_most

YEARS = range(2000, 2900)


class FilterForm(Form):
    """What to look for in the record. It is read from the address, so that a look can be kept and passed on."""

    class Meta(Form.Meta):
        csrf = False

    person = SearchField("Person", [at_most(254)])
    company = SearchField("Company", [at_most(160)])
    ref = SearchField("Reference", [at_most(40)])
    kind = SelectField("What happened")
    since = DateField("From", [Optional()])
    until = DateField("To", [Optional()])

    def __init__(self, given: MultiDict[str, str], **kwargs: Any) -> None:
        super().__init__(formdata=given, **kwargs)
        self.kind.choices = [SelectChoice("", "Anything")]
        for package, names in grouped(KINDS).items():
            label = group_label(package)
            self.kind.choices.append(SelectChoice(package, f"All of: {label}", optgroup=label))
            self.kind.choices += [SelectChoice(name, words, optgroup=label) for name, words in names.items()]
        self.kind.data = self.kind.data or ""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that were chosen: one, those of a group, or none for any."""
        chosen = self.kind.data
        return tuple(grouped(KINDS).get(chosen, {chosen: ""})) if chosen else ()

    def plain(self) -> dict[str, Any]:
        """What stands in an address as it was typed."""
        return {"ref": self.ref.data, "kind": self.kind.data, "since": self.since.data, "until": self.until.data}

    def validate_since(self, field: DateField) -> None:
        _check_year(field.data)

    def validate_until(self, field: DateField) -> None:
        _check_year(field.data)
        if self.since.data and field.data and field.data < self.since.data:
            raise ValidationError("This day is before the first one.")


def _check_year(day: date | None) -> None:
    if day is not None and day.year not in YEARS:
        raise ValidationError("Please choose a day of this century.")
