import re
from collections.abc import Iterable

from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import DataRequired

from portal.forms import Form, at_most, choices
from portal.referrals.batches.rules import Decision
from portal.referrals.decline_reasons import DECLINE_REASONS, DeclineReason

_PICK = re.compile(r"([A-Z]{1,3}-[A-Z0-9]{6})\.([0-9]{1,9})")


def picks_of(typed: Iterable[str]) -> dict[str, int]:
    """`R-7F3KQ2.3` is that referral as it was in its third version; anything else was not ticked here."""
    found = (_PICK.fullmatch(each) for each in typed)
    return {match[1]: int(match[2]) for match in found if match}


class QualifyBatchForm(Form):
    decision = HiddenField(default=Decision.QUALIFY)


class AskBatchForm(Form):
    decision = HiddenField(default=Decision.ASK)
    said = TextAreaField(
        "Question to each partner",
        [DataRequired("Please write the question."), at_most(1000)],
        description="Each of them reads it on their referral. Our clock stands still until they answer.",
    )


class DeclineBatchForm(Form):
    decision = HiddenField(default=Decision.DECLINE)
    reason = SelectField(
        "Reason",
        [DataRequired("Please choose the reason.")],
        choices=choices({"": "Choose", **{reason: words.label for reason, words in DECLINE_REASONS.items()}}),
        description="Each partner reads it, with what would change it.",
    )
    said = TextAreaField("In your words", [at_most(1000)], description="Each partner reads it, too.")

    @property
    def chosen(self) -> DeclineReason:
        return DeclineReason(self.reason.data)


FORMS: dict[Decision, type[Form]] = {
    Decision.QUALIFY: QualifyBatchForm,
    Decision.ASK: AskBatchForm,
    Decision.DECLINE: DeclineBatchForm,
}
