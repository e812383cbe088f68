from collections.abc import Iterable
from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    FileField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import AnyOf, DataRequired, InputRequired, NumberRange, Optional

from portal.deals.rules import (
    CHANNEL_LABEL,
    ENTERED,
    LABEL,
    LOST_LABEL,
    NURTURE_LABEL,
    NURTURE_MONTHS,
    OPEN_STAGES,
    Channel,
    Details,
    LostReason,
    NurtureReason,
)
from portal.forms import AmountField, DayField, Form, SeenForm, at_most, choices
from portal.months import months_after
from portal.uploads import MOST

_DAY = "Please give a day."


_AMOUNT = {"inputmode": "decimal", "autocomplete": "off"}


class MoveForm(SeenForm):
    """A move of a deal."""

    def details(self, today: date) -> Details:
        """What the move carries."""
        return Details()


class StageForm(MoveForm):
    then = SelectField("Stage", choices=choices({stage: LABEL[stage] for stage in OPEN_STAGES}))


class WonForm(MoveForm):
    value = AmountField(
        "Signed value",
        [DataRequired("A won deal has a value: what the customer signed for."), at_most(40)],
        description="Net, without what is passed on to others.",
        render_kw=_AMOUNT,
    )
    won_on = DayField("Signed on", [InputRequired(_DAY)])

    def details(self, today: date) -> Details:
        return Details(value_minor=self.value.minor, won_on=self.won_on.data)


class LostForm(MoveForm):
    lost_reason = SelectField(
        "Why", [DataRequired("Say why it was lost.")], choices=choices({"": "Choose", **LOST_LABEL})
    )

    def details(self, today: date) -> Details:
        return Details(lost_reason=LostReason(self.lost_reason.data))


class ParkForm(MoveForm):
    """Until a day, or for so many months from now: a button each."""

    months = IntegerField("Months", [Optional(), AnyOf(NURTURE_MONTHS, message="Please choose one of these.")])
    parked_until = DayField("Another day", [Optional()], description="On this day it comes back to you.")
    parked_because = SelectField("Why", choices=choices(NURTURE_LABEL), default=str(NurtureReason.NOT_YET))
    with_steps = BooleanField(
        "Remind me to stay in touch",
        description="One small task a month, from two weeks on, none shortly before it comes back.",
    )

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = bool(super().validate(extra_validators))
        if is_valid and not self.months.data and not self.parked_until.data:
            self.parked_until.errors = [_DAY]
            return False
        return is_valid

    def details(self, today: date) -> Details:
        months = self.months.data
        return Details(
            parked_until=months_after(today, months) if months else self.parked_until.data,
            parked_because=NurtureReason(self.parked_because.data),
            with_steps=self.with_steps.data,
        )


class CancelForm(MoveForm):
    cancel_reason = TextAreaField(
        "Why", [DataRequired("Say why the won deal is cancelled."), at_most(1000)], description="The partner reads it."
    )

    def details(self, today: date) -> Details:
        return Details(cancel_reason=self.cancel_reason.data or "")


class NextStepForm(SeenForm):
    next_step = StringField(
        "Next step",
        [DataRequired("Say what you do next."), at_most(200)],
        description="As you would say it; the partner of a referral reads it.",
    )
    next_step_on = DayField("By", [InputRequired(_DAY)])
    expected = AmountField("Expected value", [at_most(40)], render_kw=_AMOUNT)
    expected_close_on = DayField("Likely to close on", [Optional()])
    probability = IntegerField(
        "Probability",
        [Optional(), NumberRange(0, 100, message="A probability lies between 0 and 100 per cent.")],
        render_kw={"min": 0, "max": 100, "inputmode": "numeric"},
    )


class DealForm(Form):
    company = StringField("Company", [DataRequired("Please name the company."), at_most(120)])
    website = StringField("Website", [at_most(253)], render_kw={"inputmode": "url", "autocapitalize": "off"})
    channel = RadioField(
        "Where it comes from",
        [InputRequired("Please choose one.")],
        choices=choices({channel: CHANNEL_LABEL[channel] for channel in ENTERED}),
    )
    expected = AmountField("Expected value", [at_most(40)], render_kw=_AMOUNT)
    seen = HiddenField(default="")
    """What looks like it and was shown, by reference: who sends the form again has looked at it."""

    def has_seen(self, refs: Iterable[str]) -> bool:
        return set(refs) <= set((self.seen.data or "").split())

    def warn(self, refs: Iterable[str]) -> None:
        """It comes back once, with what is here already."""
        self.seen.data = " ".join(refs)
        self.form_errors.append("This looks like a company that is here already. Is it the same sale?")

    @property
    def chosen(self) -> Channel:
        return Channel(self.channel.data)


class PaymentForm(Form):
    """What the customer paid, or got back."""

    amount = AmountField(
        "Amount",
        [DataRequired("Say how much it was."), at_most(40)],
        description="Net, as it arrived.",
        render_kw=_AMOUNT,
    )
    is_refund = BooleanField("It went back to the customer")
    paid_on = DayField("On", [InputRequired(_DAY)])
    reference = StringField(
        "Reference",
        [at_most(80)],
        description="The invoice or the line on the bank statement.",
        render_kw={"autocomplete": "off"},
    )


class MergeForm(SeenForm):
    other = StringField(
        "The duplicate",
        [DataRequired("Name the deal that is the same as this one."), at_most(12)],
        description="Its reference, for example D-7F3KQ2. It goes; this one stays.",
        render_kw={"autocapitalize": "characters", "autocomplete": "off"},
    )


class ProductForm(Form):
    name = StringField("Name", [DataRequired("Give it a name."), at_most(80)])


class ImportForm(Form):
    file = FileField(
        "File",
        description=f"CSV or XLSX, up to {MOST} and 20,000 rows, with the names of the columns in its first row.",
    )


class HandoverForm(SeenForm):
    to = SelectField("To", [DataRequired("Say who looks after it.")])
    reason = TextAreaField("Why", [at_most(1000)], description="For colleagues. The partner reads who it is, not why.")

    def offer(self, people: Iterable[Any], *, but: int) -> None:
        self.to.choices = choices({"": "Choose", **{each.ref: _with_load(each) for each in people if each.id != but}})


class ManyHandoversForm(Form):
    to = SelectField("To")
    reason = TextAreaField("Why", [at_most(1000)], description="For colleagues. Partners read who it is, not why.")

    def offer(self, people: Iterable[Any], *, but: int) -> None:
        by_rules = {"": "Each by the routing rules"}
        self.to.choices = choices(by_rules | {each.ref: _with_load(each) for each in people if each.id != but})


class UpdateForm(Form):
    text = TextAreaField(
        "How it stands",
        [DataRequired("A sentence is enough."), at_most(1000)],
        description="The partner reads it on their page and gets it by mail.",
    )


def _with_load(each: Any) -> str:
    away = ", away now" if each.person.away else ""
    return f"{each.name}, {each.person.open_deals} open{away}"
