from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, NumberRange

from portal.agreements.models import FeePlan
from portal.agreements.rules import AUTHORITY_TEXT, CONSENT_TEXT, MISSING_TICK, authority_text
from portal.agreements.texts import LONGEST
from portal.forms import Form, NumberField, SeenForm, at_most

_DAYS = "Write a number of days."


class SignForm(SeenForm):
    authority = BooleanField(AUTHORITY_TEXT, [DataRequired(MISSING_TICK)])
    consent = BooleanField(CONSENT_TEXT, [DataRequired(MISSING_TICK)])
    typed_name = StringField(
        "Your full name",
        [DataRequired("Type your full name, as you would sign."), at_most(120)],
        render_kw={"autocomplete": "name"},
    )

    @classmethod
    def of(cls, company: str, **data: Any) -> "SignForm":
        form = cls(data=data)
        form.authority.label.text = authority_text(company)
        return form


class ReasonForm(Form):
    reason = StringField("Reason", [DataRequired("Say why, in a few words."), at_most(500)])


class PlanForm(Form):
    name = StringField(
        "Name",
        [DataRequired("Give the plan a name."), at_most(80)],
        description="The name of a plan that exists makes its next version.",
    )
    percent = StringField(
        "Rate",
        [DataRequired("Write the rate in per cent, for example 10.")],
        description="Of the net value of the first deal.",
        render_kw={"inputmode": "decimal"},
    )
    currency = StringField("Currency", [DataRequired("Write three letters, for example EUR."), at_most(3)])
    clause = StringField(
        "Clause",
        [DataRequired("Name the clause, for example 4.1."), at_most(12)],
        description="Where the agreement's text says so; each fee points at it.",
        default="4.1",
    )


class TemplateForm(Form):
    title = StringField("Title", [DataRequired("Give the text a title."), at_most(120)])
    body = TextAreaField(
        "Text",
        [DataRequired("Write the text."), at_most(LONGEST)],
        description="Markdown. Clauses begin with their number in bold: **4.1**. Places in {{ }} are filled in.",
        render_kw={"rows": 30},
    )


class NewAgreementForm(Form):
    """What a partner is offered. The names are those of `Terms`, hours for minutes."""

    partner = SelectField("Partner", [DataRequired("Choose the partner.")])
    template = SelectField("Text", [DataRequired("Choose the text.")], coerce=int)
    fee_plan = SelectField("Fee plan", [DataRequired("Choose the fee plan.")])
    protection_days = IntegerField(
        "Protection lasts", [InputRequired(_DAYS)], default=90, description="From the day of qualification."
    )
    tail_days = IntegerField(
        "Tail", [InputRequired(_DAYS)], default=90, description="Deals that close so long after it still count."
    )
    extension_days = IntegerField("Extension", [InputRequired(_DAYS)], default=60, description="Once, with evidence.")
    answer_hours = NumberField(
        "First answer",
        [InputRequired("Write a number of hours."), NumberRange(1, 80, "From 1 to 80 hours.")],
        default=8,
        places=None,
    )
    contact_hours = NumberField(
        "First contact",
        [InputRequired("Write a number of hours."), NumberRange(1, 160, "From 1 to 160 hours.")],
        default=16,
        places=None,
    )
    payment_day = IntegerField("Paid on day", [InputRequired("Write a day of the month.")], default=15)
    notice_days = IntegerField("Notice", [InputRequired(_DAYS)], default=30)

    def offer(self, parties: Sequence[Any], templates: Sequence[Any], plans: Sequence[FeePlan]) -> None:
        """What there is to choose from."""
        self.partner.choices = [SelectChoice("", "Choose"), *(SelectChoice(row.ref, row.name) for row in parties)]
        self.template.choices = [SelectChoice(row.number, f"Version {row.number}: {row.title}") for row in templates]
        self.fee_plan.choices = [SelectChoice(row.ref, f"{row.name}, version {row.number}") for row in plans]
