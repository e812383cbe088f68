from wtforms import RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired

from portal.forms import Form, SeenForm, at_most, choices

DECISIONS = {"uphold": "Uphold it: the partner is right", "reject": "Reject it: the decision stands"}


class AppealForm(Form):
    text = TextAreaField(
        "Why do you see it differently?",
        [DataRequired("Please say what was missed: it is what we decide on."), at_most(4000)],
        description="What was missed, or is new. Somebody else than who decided reads it.",
    )


class AnswerForm(SeenForm):
    decision = RadioField("Your decision", [InputRequired("Please choose one.")], choices=choices(DECISIONS))
    reason = TextAreaField(
        "Why", [at_most(1000)], description="The partner reads it. A rejection needs it.", render_kw={"rows": 4}
    )
