from collections.abc import Iterable
from typing import Any

from wtforms import SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired

from portal.auth.rules import ROLE_LABEL
from portal.emergency.rules import HOURS, MAY_BE_LENT, hour_words
from portal.forms import Form, at_most

CHOOSE = SelectChoice("", "Choose")


class AskForm(Form):
    person = SelectField("For whom", [InputRequired("Choose who gets it.")])
    role = SelectField(
        "Which role",
        [InputRequired("Choose a role.")],
        choices=[CHOOSE, *(SelectChoice(role, ROLE_LABEL[role]) for role in MAY_BE_LENT)],
    )
    hours = SelectField(
        "For how long",
        [InputRequired("Choose how long.")],
        choices=[SelectChoice(str(hours), hour_words(hours).capitalize()) for hours in HOURS],
        default="4",
        description="It ends by itself, and can be ended sooner.",
    )
    reason = TextAreaField(
        "Why can nobody else do it?",
        [InputRequired("Say why: everyone who is told reads it."), at_most(500)],
    )

    def offer(self, people: Iterable[Any]) -> None:
        self.person.choices = [CHOOSE, *(SelectChoice(each.ref, each.name) for each in people)]
