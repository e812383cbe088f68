from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from portal.forms import Form, at_most

CODE = {"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "characters"}


class ProofForm(Form):
    """What somebody gives who is asked who they are. It may travel inside another form, which has the token."""

    class Meta(Form.Meta):
        csrf = False

    idempotency_key = None
    proof_password = PasswordField(
        "Your password",
        [Length(max=500, message="That is longer than any password here.")],
        render_kw={"autocomplete": "current-password"},
    )
    proof_code = StringField("Code", [at_most(60)], render_kw=CODE)
    proof_passkey = HiddenField()

    def call_code(self, label: str) -> None:
        self.proof_code.label.text = label


class PasskeySignInForm(Form):
    idempotency_key = None
    passkey = HiddenField()


class AppForm(Form):
    code = StringField(
        "The six digits that the app shows now",
        [InputRequired("Please type the six digits."), at_most(60)],
        render_kw=CODE | {"inputmode": "numeric"},
    )


class PasskeyForm(Form):
    name = StringField(
        "Name",
        [InputRequired("Give it a name to know it by."), at_most(60)],
        description="To tell it from your others: this laptop, blue key.",
    )
    answer = HiddenField()


class PasskeyNameForm(Form):
    name = StringField("Name", [InputRequired("Give it a name to know it by."), at_most(60)])
