from decimal import Decimal
from typing import Any

from wtforms import DecimalField, EmailField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, Email, InputRequired, NumberRange

from portal.admin.rules import DAYS, hours_words, read_holidays, read_hours
from portal.auth.factor_rules import SECOND_FACTOR_FOR
from portal.forms import Form, at_most, choices
from portal.sla.business_time import Calendar
from portal.sla.rules import ClockKind

HOURS = {
    "first_answer": ClockKind.FIRST_ANSWER,
    "decision": ClockKind.DECISION,
    "first_contact": ClockKind.FIRST_CONTACT,
    "periodic_update": ClockKind.PERIODIC_UPDATE,
}


class ProgramForm(Form):
    name = StringField("What the portal is called", [DataRequired(), at_most(80)])
    company_name = StringField("Your company, as people say it", [DataRequired(), at_most(120)])
    legal_name = StringField("Its legal name, as agreements name it", [DataRequired(), at_most(160)])
    contact_email = EmailField("Mail address for partners", [DataRequired(), Email(), at_most(254)])
    governing_law = StringField("Law that governs the agreements", [DataRequired(), at_most(80)])
    second_factor_for = RadioField(
        "Who needs a second factor?",
        [DataRequired()],
        choices=choices(SECOND_FACTOR_FOR),
        description="Whoever needs one and has none sets it up at the next sign-in, before anything else.",
    )


class PromisesForm(Form):
    first_answer = DecimalField("First answer to a referral", [InputRequired(), NumberRange(0, 400)], places=None)
    decision = DecimalField(
        "Decision, once a question is answered", [InputRequired(), NumberRange(0, 400)], places=None
    )
    first_contact = DecimalField(
        "First contact after it qualifies", [InputRequired(), NumberRange(0, 400)], places=None
    )
    periodic_update = DecimalField(
        "An update while a deal goes on, at least every", [InputRequired(), NumberRange(1, 400)], places=None
    )
    holidays = TextAreaField("Holidays, one a line", [at_most(4000)])

    @classmethod
    def showing(cls, calendar: Calendar, minutes: dict[ClockKind, int]) -> "PromisesForm":
        """As it stands now, in the words that people type."""
        week = {day: hours_words(shifts) for day, shifts in zip(DAYS, calendar.week, strict=True)}
        hours = {name: Decimal(f"{minutes[kind] / 60:.4g}") for name, kind in HOURS.items()}
        holidays = "\n".join(day.isoformat() for day in sorted(calendar.holidays))
        return cls(data={**week, **hours, "holidays": holidays})

    def promised(self) -> dict[str, Any]:
        """What was typed, read. Raises Refused naming the field."""
        return {
            "week": [read_hours(self[day].data, day) for day in DAYS],
            "holidays": read_holidays(self.holidays.data),
            "minutes": {kind: int(self[name].data * 60) for name, kind in HOURS.items()},
        }


for _day in DAYS:
    setattr(PromisesForm, _day, StringField(_day.capitalize(), [at_most(100)]))
