from collections.abc import Callable, Iterable
from typing import Any

from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from portal.forms import CountField, DayField, Form, SeenForm, at_most, choices, readable
from portal.routing.queries import Listed, Named
from portal.routing.rules import MOST_WEIGHT, NOBODY, WRONG_WAY, Conditions
from portal.routing.words import (
    countries_words,
    language_names,
    read_countries,
    read_languages,
    read_words,
)

MOST_PEOPLE = 10_000_000
_SHARE = [Optional(), NumberRange(0, MOST_WEIGHT, f"A share goes from 0 to {MOST_WEIGHT}.")]
_LIMIT = [Optional(), NumberRange(1, 100_000, "Write how many, or leave it empty.")]


class RuleForm(SeenForm):
    countries = StringField(
        "Countries",
        [at_most(400), readable(read_countries)],
        description="Like DACH, Nordics, Italy or IT. Empty: every country.",
    )
    words = StringField(
        "Industry", [at_most(200)], description="Words that the industry has in it, with commas. Empty: every industry."
    )
    employees_from = CountField("People from", [Optional()], least=0, most=MOST_PEOPLE)
    employees_to = CountField("to", [Optional()], least=0, most=MOST_PEOPLE)
    partner = StringField("Partner", [at_most(120)], description="Its name or reference. Empty: every partner.")
    languages = StringField(
        "Language",
        [at_most(200), readable(read_languages)],
        description="Spoken in the contact's country or the partner's. Like German or de. Empty: any.",
    )

    people: list[Named]

    find_partner: Callable[[str], Any]

    def validate_partner(self, field: Any) -> None:
        if field.data and self.find_partner(field.data) is None:
            raise ValidationError("No partner has this name or reference.")

    def validate_employees_to(self, field: Any) -> None:
        low, high = self.employees_from.data, field.data
        if low is not None and high is not None and low > high:
            raise ValidationError(WRONG_WAY)

    def validate(self, extra_validators: Any = None) -> bool:
        """Somebody has to get the deals: any of the shares."""
        is_fine = super().validate(extra_validators)
        if not self.shares() and not any(self[each.ref].errors for each in self.people):
            self.form_errors.append(NOBODY)
        return is_fine and not self.form_errors

    def conditions(self) -> Conditions:
        """What was typed, read."""
        partner = self.find_partner(self.partner.data) if self.partner.data else None
        return Conditions(
            countries=read_countries(self.countries.data or ""),
            words=read_words(self.words.data or ""),
            employees_from=self.employees_from.data,
            employees_to=self.employees_to.data,
            partner_id=partner.id if partner else None,
            languages=read_languages(self.languages.data or ""),
        )

    def shares(self) -> dict[int, int]:
        return {each.id: self[each.ref].data for each in self.people if self[each.ref].data}


def rule_form(people: list[Named], find_partner: Callable[[str], Any], rule: Listed | None = None) -> RuleForm:
    """A form with a share for each person, filled with what a rule says."""
    fields = {each.ref: IntegerField(each.name, _SHARE) for each in people}
    form: RuleForm = type("RuleOfPeople", (RuleForm,), fields)(data=_told(people, rule) if rule else None)
    form.people, form.find_partner = people, find_partner
    return form


def limits_form(people: Iterable[Named]) -> Form:
    """How many open deals each gets at most."""
    fields = {each.ref: IntegerField(each.name, _LIMIT) for each in people}
    form: Form = type("LimitsForm", (Form,), fields)(data={each.ref: each.person.most_open for each in people})
    return form


class AbsenceForm(Form):
    from_on = DayField("First day", [InputRequired("Please give a day.")])
    until_on = DayField("Last day", [InputRequired("Please give a day.")])
    stand_in = SelectField(
        "Who stands in", description="They get new work meanwhile, and see what is to do on their own pages."
    )

    def offer(self, colleagues: Iterable[Any]) -> None:
        nobody = {"": "Nobody: new work goes to others by the rules"}
        self.stand_in.choices = choices(nobody | {each.ref: each.name for each in colleagues})


def _told(people: list[Named], listed: Listed) -> dict[str, Any]:
    said, names = listed.rule.conditions, language_names()
    shares = {member.user_id: member.weight for member in listed.rule.members}
    return {
        "version": listed.version,
        "countries": countries_words(said.countries) if said.countries else "",
        "words": ", ".join(said.words),
        "employees_from": said.employees_from,
        "employees_to": said.employees_to,
        "partner": listed.partner,
        "languages": ", ".join(sorted(names.get(code, code) for code in said.languages)),
    } | {each.ref: shares.get(each.id) for each in people}
