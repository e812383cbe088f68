from collections.abc import Iterable
from typing import Any

from wtforms import SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired

from portal.auth.rules import ROLE_LABEL
from portal.emergency.rules import HOURS, MAY_BE_LENT
from portal.forms import Form, at_most


class AskForm(Form):
    person = SelectField("For whom", [InputRequired("Choose who gets it.")])
    role = SelectField("Which role", choices=[SelectChoice(role, ROLE_LABEL[role]) for role in MAY_BE_LENT])
    hours = SelectField(
        "For how long",
        choices=[SelectChoice(str(hours), "one hour" if hours == 1 else f"{hours} hours") for hours in HOURS],
        description="It ends by itself, and can be ended sooner.",
    )
    reason = TextAreaField(
        "Why can nobody else do it?",
        [InputRequired("Say why: everyone who is told reads it."), at_most(500)],
    )

    def offer(self, people: Iterable[Any]) -> None:
        self.person.choices = [SelectChoice(each.ref, each.name) for each in people]
