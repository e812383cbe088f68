from typing import Any

from wtforms import BooleanField, HiddenField, IntegerField
from wtforms.validators import InputRequired, NumberRange

from portal.engagement.rules import MOST_DAYS, MOST_MONTHS, Rules
from portal.forms import Form, version_of


class EngagementForm(Form):
    began_from = HiddenField()
    customer = BooleanField(
        "A customer of ours does not count",
        description="An introduction of a company that has bought from us earns nothing.",
    )
    customer_months = IntegerField(
        "Counts as new after",
        description="Since they last bought or paid.",
        validators=[InputRequired("Give a number."), NumberRange(1, MOST_MONTHS, f"From 1 to {MOST_MONTHS} months.")],
    )
    opportunity = BooleanField(
        "Our own opportunity counts as ours", description="Where we were in talks with them before the claim came."
    )
    opportunity_days = IntegerField(
        "Counts no more after",
        description="Since anything was done in it.",
        validators=[InputRequired("Give a number."), NumberRange(1, MOST_DAYS, f"From 1 to {MOST_DAYS} days.")],
    )
    protection = BooleanField(
        "A protected claim stands until it ends",
        description="Protections and holds of other partners. Where this is off, only who came first counts.",
    )
    holds_count = BooleanField(
        "A claim counts from its hold", description="Where the referral followed within the 24 hours."
    )

    @classmethod
    def showing(cls, rules: Rules) -> "EngagementForm":
        return cls(data=rules.to_data() | {"began_from": str(rules.version)})

    @property
    def seen_number(self) -> int:
        return version_of(self.began_from.data)

    def said(self) -> dict[str, Any]:
        return {name: value for name, value in self.answers().items() if name != "began_from"}
