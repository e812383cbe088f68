from wtforms import PasswordField
from wtforms.validators import Length

from portal.forms import Form


class ProofForm(Form):
    """What somebody gives who is asked once more who they are. It travels inside another form, which has the token."""

    class Meta(Form.Meta):
        csrf = False

    idempotency_key = None
    proof_password = PasswordField(
        "Your password",
        [Length(max=500, message="That is longer than any password here.")],
        render_kw={"autocomplete": "current-password"},
    )
