from typing import Any

from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, ValidationError

from portal.deals.rules import CHANNEL_LABEL, ENTERED, LABEL, LOST_LABEL, OPEN_STAGES, Channel, Details, LostReason
from portal.errors import Refused
from portal.forms import Form, SeenForm, at_most, choices
from portal.money import parse_minor

_DAY = "Please give a day."


class AmountField(StringField):
    """An amount as people type it; `minor` is what it comes to in the field's currency."""

    currency = "EUR"
    minor: int | None = None

    def pre_validate(self, form: Any) -> None:
        if self.data:
            try:
                self.minor = parse_minor(self.data, self.currency)
            except Refused as refusal:
                raise ValidationError(str(refusal)) from refusal


_AMOUNT = {"inputmode": "decimal", "autocomplete": "off"}


class MoveForm(SeenForm):
    """A move of a deal."""

    def details(self) -> Details:
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
    won_on = DateField("Signed on", [InputRequired(_DAY)])

    def details(self) -> Details:
        return Details(value_minor=self.value.minor, won_on=self.won_on.data)


class LostForm(MoveForm):
    lost_reason = SelectField(
        "Why", [DataRequired("Say why it was lost.")], choices=choices({"": "Choose", **LOST_LABEL})
    )

    def details(self) -> Details:
        return Details(lost_reason=LostReason(self.lost_reason.data))


class ParkForm(MoveForm):
    parked_until = DateField("Until", [InputRequired(_DAY)], description="On this day it comes back to you.")

    def details(self) -> Details:
        return Details(parked_until=self.parked_until.data)


class CancelForm(MoveForm):
    cancel_reason = TextAreaField(
        "Why", [DataRequired("Say why the won deal is cancelled."), at_most(1000)], description="The partner reads it."
    )

    def details(self) -> Details:
        return Details(cancel_reason=self.cancel_reason.data or "")


class NextStepForm(SeenForm):
    next_step = StringField(
        "Next step",
        [DataRequired("Say what you do next."), at_most(200)],
        description="As you would say it; the partner of a referral reads it.",
    )
    next_step_on = DateField("By", [InputRequired(_DAY)])
    expected = AmountField("Expected value", [at_most(40)], render_kw=_AMOUNT)


class DealForm(Form):
    company = StringField("Company", [DataRequired("Please name the company."), at_most(120)])
    website = StringField("Website", [at_most(253)], render_kw={"inputmode": "url", "autocapitalize": "off"})
    channel = RadioField(
        "Where it comes from",
        [InputRequired("Please choose one.")],
        choices=choices({channel: CHANNEL_LABEL[channel] for channel in ENTERED}),
    )
    expected = AmountField("Expected value", [at_most(40)], render_kw=_AMOUNT)

    @property
    def chosen(self) -> Channel:
        return Channel(self.channel.data)
