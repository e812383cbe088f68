from wtforms import RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Optional

from portal.forms import DayField, Form, SeenForm, at_most, choices

DECISIONS = {"grant": "Grant it", "refuse": "Refuse it"}


class ExtensionForm(Form):
    happened = TextAreaField(
        "What happened since?",
        [DataRequired("Please say what happened: it is what we decide on."), at_most(4000)],
        description="Meetings, mails, who is involved now. It is what we decide on.",
    )
    meets_on = DayField("When do you next meet them?", [Optional()])


class ExtensionDecisionForm(SeenForm):
    decision = RadioField("Your decision", [InputRequired("Please choose one.")], choices=choices(DECISIONS))
    reason = TextAreaField(
        "Why", [at_most(1000)], description="The partner reads it. A refusal needs it.", render_kw={"rows": 3}
    )


class RevocationForm(SeenForm):
    reason = TextAreaField(
        "Why",
        [DataRequired("Say why; the partner reads it, and may appeal."), at_most(1000)],
        description="The partner reads it, and may appeal to somebody else.",
        render_kw={"rows": 4},
    )
