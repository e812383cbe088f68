from wtforms import TextAreaField
from wtforms.validators import InputRequired

from portal.forms import Form, at_most


class LookForm(Form):
    reason = TextAreaField(
        "Why do you look?",
        [InputRequired("Say why. The company can read it."), at_most(500)],
        description="The lead of the company and the person can read it, with your name and the time.",
    )
