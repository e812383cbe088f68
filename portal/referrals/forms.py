import re
from functools import cache
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FileField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, Email, InputRequired, Optional, ValidationError

from portal.criteria.rules import COUNTRIES, Answers
from portal.evidence.forms import ProofForm
from portal.fields import forms as more
from portal.fields.rules import Question
from portal.forms import AmountField, CountField, Form, SeenForm, at_most, choices
from portal.referrals.decline_reasons import BY_CONFLICT, DECLINE_REASONS, DeclineReason
from portal.referrals.entered import HOW_LABEL, THEIR_WAY
from portal.referrals.import_rows import MOST_PEOPLE, MOST_ROWS, NO_CONSENT
from portal.referrals.introduction import Introduction
from portal.referrals.rules import INTRODUCED_LABEL, TIMING_LABEL, IntroducedHow, Timing
from portal.uploads import MOST

_REF = re.compile(r"R-[0-9A-Z]{6}")
_CHOOSE = "Please choose one."
_OF_OTHERS = {"autocomplete": "off"}
"""What the browser knows is about whoever types, and this is about somebody else."""
_IN_NUMBERS = _OF_OTHERS | {"inputmode": "numeric"}
_TEXT_FIELDS = (
    *("company", "website", "country", "industry", "contact_name", "contact_title", "contact_email", "contact_phone"),
    *("need", "budget", "decider"),
)


def countries(territories: frozenset[str]) -> list[SelectChoice]:
    """Where we sell comes first: most referrals are from there."""
    return list(_countries(territories))


@cache
def _countries(territories: frozenset[str]) -> tuple[SelectChoice, ...]:
    named = sorted(COUNTRIES.items(), key=lambda each: each[1])
    ours = [SelectChoice(code, name, optgroup="Where we sell") for code, name in named if code in territories]
    others = [SelectChoice(code, name, optgroup="Elsewhere") for code, name in named if code not in territories]
    return (SelectChoice("", "Choose"), *ours, *others)


class CountryField(SelectField):
    """Every country is offered; the one that was chosen is looked up, where others go through all that are."""

    def pre_validate(self, form: Any) -> None:
        if self.data and self.data not in COUNTRIES:
            raise ValidationError(self.gettext("Not a valid choice."))


class FactsForm(Form):
    """What is told about the company, the contact and the need; the order is that of the page."""

    questions: tuple[Question, ...] = ()

    website = StringField(
        "Website",
        [DataRequired("Please give the company's website."), at_most(253)],
        render_kw=_OF_OTHERS | {"inputmode": "url", "autocapitalize": "off", "spellcheck": "false"},
    )
    company = StringField("Company", [DataRequired("Please name the company."), at_most(120)], render_kw=_OF_OTHERS)
    country = CountryField("Country", [DataRequired("Please choose the country.")], render_kw=_OF_OTHERS)
    employees = CountField("People", [Optional()], most=MOST_PEOPLE, render_kw=_IN_NUMBERS)
    industry = StringField("Industry", [at_most(80)], render_kw=_OF_OTHERS)

    contact_name = StringField(
        "Name",
        [DataRequired("Please name the person."), at_most(120)],
        render_kw=_OF_OTHERS | {"autocapitalize": "words"},
    )
    contact_title = StringField(
        "Job title",
        [DataRequired("Please give the job title: it is the first thing that we read."), at_most(120)],
        render_kw=_OF_OTHERS,
    )
    contact_email = EmailField(
        "Work mail address",
        [DataRequired("Please give the mail address."), at_most(254), Email("This is not a mail address.")],
        render_kw=_OF_OTHERS | {"inputmode": "email", "autocapitalize": "off", "spellcheck": "false"},
    )
    contact_phone = TelField("Phone", [at_most(40)], render_kw=_OF_OTHERS | {"inputmode": "tel"})

    need = TextAreaField("What do they need?", [DataRequired("One sentence is enough."), at_most(4000)])
    timing = RadioField(
        "When?",
        [InputRequired(_CHOOSE)],
        choices=choices(TIMING_LABEL),
    )
    budget = StringField("Budget", [at_most(120)], description="An amount, or who pays.", render_kw=_OF_OTHERS)
    decider = StringField("Who decides?", [at_most(120)], description="If not your contact.", render_kw=_OF_OTHERS)
    expected = AmountField(
        "What may it come to?",
        [at_most(40)],
        description="A first deal, net, as far as you can tell.",
        render_kw=_OF_OTHERS | {"inputmode": "decimal"},
    )
    public_tender = RadioField(
        "Is a public tender out for it?", [InputRequired(_CHOOSE)], choices=choices({"no": "No", "yes": "Yes"})
    )

    def facts(self) -> dict[str, Any]:
        """What was told, once it is valid, by the names that a referral keeps it under."""
        told: dict[str, Any] = {name: self[name].data or "" for name in _TEXT_FIELDS}
        return told | {
            "employees": self.employees.data,
            "timing": Timing(self.timing.data),
            "public_tender": self.public_tender.data == "yes",
            "expected_minor": self.expected.minor,
            "more_answers": more.answers(self),
        }

    def answers_so_far(self, *, consent: bool | None = None) -> Answers:
        """What can be read while it is typed: what is missing or wrong was not said."""
        return Answers(
            job_title=(self.contact_title.data or "")[:120],
            country=self.country.data if self.country.data in COUNTRIES else "",
            public_tender={"yes": True, "no": False}.get(self.public_tender.data),
            consent=consent,
            budget_known=True if self.budget.data else None,
            decider_named=True if self.decider.data else None,
            employees=self.employees.data or None,
            industry=(self.industry.data or "")[:80],
            timing=self.timing.data or "",
            own=more.yes_or_no_so_far(self),
        )


class _IntroductionForm(FactsForm, ProofForm):
    """The facts, and how the introduction was made."""

    introduced_how = RadioField(
        "How did you introduce us?",
        [InputRequired(_CHOOSE)],
        choices=choices(INTRODUCED_LABEL),
    )
    introduction = TextAreaField("In your words", [at_most(4000)], description="What you said, and what they said.")
    consent = BooleanField(
        "They agree to hear from us",
        [InputRequired("Without their consent we cannot contact them. Ask them first.")],
        description="We keep their data for this purpose only, and mention you in the first sentence.",
    )

    def introduced(self) -> Introduction:
        """What was told, once it is valid."""
        how = IntroducedHow(self.introduced_how.data)
        said = self.introduction.data or ""
        return Introduction(**self.facts(), introduced_how=how, introduction=said, consent=self.consent.data)


def _ref_or_nothing(typed: str | None) -> str:
    return typed if typed and _REF.fullmatch(typed) else ""


class ReferralForm(_IntroductionForm):
    draft = HiddenField()
    """The draft that this goes on with, if any."""
    made_from = HiddenField(filters=[_ref_or_nothing])
    """The declined referral that this is made from, if any."""


class EntryForm(_IntroductionForm):
    """The same facts, typed by staff: who told them, how and when."""

    sender = SelectField("Who introduced them?", [DataRequired("Please choose the person.")])
    how = RadioField("How did it reach us?", [InputRequired(_CHOOSE)], choices=choices(HOW_LABEL))
    received_on = DateField(
        "On which day", [InputRequired("Please choose the day.")], description="Our promise counts from then."
    )
    received_time = TimeField("At what time", [Optional()], description="As your clock showed it.")
    introduced_how = RadioField("How did they introduce us?", [InputRequired(_CHOOSE)], choices=choices(THEIR_WAY))
    introduction = TextAreaField("In their words", [at_most(4000)])
    consent = BooleanField(
        "They told us that the contact agrees to hear from us",
        [InputRequired("Without the contact's consent we cannot contact them. Ask the partner first.")],
    )


class ListForm(Form):
    file = FileField(
        "File",
        description=f"CSV or XLSX, up to {MOST} and {MOST_ROWS} rows, with the names of the columns in its first row.",
    )


class SendListForm(Form):
    consent = BooleanField(
        "Each of these contacts knows that you pass on their data, and agrees to hear from us",
        [InputRequired(NO_CONSENT)],
    )


class CorrectionForm(FactsForm, SeenForm):
    """What may be corrected after it was sent: neither the consent nor how the introduction was made."""


class AnswerForm(SeenForm):
    answer = TextAreaField("Your answer", [DataRequired("Please write an answer."), at_most(4000)])


class WithdrawForm(SeenForm):
    pass


class QualifyForm(SeenForm):
    because = TextAreaField("Why", [at_most(1000)], id="qualify-because")


class AskForm(SeenForm):
    question = TextAreaField(
        "Question to the partner",
        [DataRequired("Please write the question."), at_most(1000)],
        description="Our clock stands still until they answer.",
    )


_REASONS = {reason: words.label for reason, words in DECLINE_REASONS.items() if reason not in BY_CONFLICT}


class DeclineForm(SeenForm):
    reason = SelectField(
        "Reason",
        [DataRequired("Please choose the reason.")],
        choices=choices({"": "Choose", **_REASONS}),
        description="The partner reads it, with what would change it.",
    )
    note = TextAreaField("In your words", [at_most(1000)], description="The partner reads it, too.")
    because = TextAreaField("Why", [at_most(1000)], id="decline-because")

    @property
    def chosen(self) -> DeclineReason:
        return DeclineReason(self.reason.data)
