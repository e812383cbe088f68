from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from wtforms import EmailField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Email, InputRequired, NumberRange

from portal.admin.rules import DAYS, hours_words, read_holidays, read_hours
from portal.auth.factor_rules import SECOND_FACTOR_FOR
from portal.auth.forms import zones
from portal.countries import COUNTRIES
from portal.forms import Form, NumberField, at_most, choices, readable
from portal.sla.business_time import NO_HOURS, Calendar
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


_DAYS = "Between 3 and 90 days, please."


class DeadlinesForm(Form):
    answer_days = IntegerField(
        "A question waits for",
        [InputRequired(), NumberRange(3, 90, _DAYS)],
        description="Then the referral expires. The partner is warned 14 and 3 days before.",
    )
    appeal_days = IntegerField(
        "A decision can be appealed for",
        [InputRequired(), NumberRange(3, 90, _DAYS)],
        description="A declined referral and a revoked protection; the partner reads the last day.",
    )


class PromisesForm(Form):
    first_answer = NumberField("First answer to a referral", [InputRequired(), NumberRange(0, 400)], places=None)
    decision = NumberField("Decision, once a question is answered", [InputRequired(), NumberRange(0, 400)], places=None)
    first_contact = NumberField("First contact after it qualifies", [InputRequired(), NumberRange(0, 400)], places=None)
    periodic_update = NumberField(
        "An update while a deal goes on, at least every", [InputRequired(), NumberRange(1, 400)], places=None
    )

    @classmethod
    def showing(cls, minutes: dict[ClockKind, int]) -> "PromisesForm":
        """As it stands now, in the words that people type."""
        return cls(data={name: Decimal(f"{minutes[kind] / 60:.4g}") for name, kind in HOURS.items()})

    def promised(self) -> dict[ClockKind, int]:
        return {kind: int(self[name].data * 60) for name, kind in HOURS.items()}


class _WeekForm(Form):
    time_zone = SelectField("Time zone", [DataRequired()])


for _day in DAYS:
    _hours = [at_most(100), readable(partial(read_hours, field=_day))]
    setattr(_WeekForm, _day, StringField(_day.capitalize(), _hours))


class CalendarForm(_WeekForm):
    """Its fields in the order of the page, which is that of what is wrong with them."""

    country = SelectField("Public holidays of")
    subdivision = StringField("Region", [at_most(8)], description="Its code, where holidays differ: BY, SCT, CA.")
    holidays = TextAreaField(
        "Holidays", [at_most(20_000), readable(read_holidays)], description="One a line, like 2026-12-25 Christmas Day."
    )

    @classmethod
    def showing(cls, calendar: Calendar, named: Mapping[str, Mapping[str, str]], region: str) -> "CalendarForm":
        """As it stands now, in the words that people type."""
        week = {day: hours_words(shifts) for day, shifts in zip(DAYS, calendar.week, strict=True)}
        days = (f"{day} {named.get(str(day), {}).get('name', '')}".strip() for day in sorted(calendar.holidays))
        country, _, subdivision = region.partition("-")
        data = {"time_zone": calendar.time_zone, "country": country, "subdivision": subdivision}
        form = cls(data={**week, **data, "holidays": "\n".join(days)})
        form.time_zone.choices = choices({zone: zone.replace("_", " ") for zone in zones()})
        form.country.choices = choices({"": "Nobody's: only what is written here"} | dict(COUNTRIES))
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Hours are of the week as a whole, too."""
        is_fine = super().validate(extra_validators)
        if not any(self[day].data for day in DAYS):
            self.form_errors.append(NO_HOURS)
        return is_fine and not self.form_errors

    def kept(self) -> dict[str, Any]:
        """What was typed, read."""
        parts = [self.country.data or "", (self.subdivision.data or "").upper()]
        return {
            "time_zone": self.time_zone.data,
            "week": [read_hours(self[day].data, day) for day in DAYS],
            "holidays": read_holidays(self.holidays.data),
            "region": "-".join(filter(None, parts)) if parts[0] else "",
        }
