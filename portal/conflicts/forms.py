from wtforms import TextAreaField
from wtforms.validators import DataRequired

from portal.conflicts.rules import NO_REASON
from portal.forms import SeenForm, at_most


class SetAsideForm(SeenForm):
    because = TextAreaField(
        "Why the ruling does not hold here",
        [DataRequired(NO_REASON), at_most(1000)],
        description="Both partners are told that it was set aside, never why.",
        id="set-aside-because",
    )
