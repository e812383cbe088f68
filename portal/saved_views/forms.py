from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired

from portal.forms import Form, at_most
from portal.saved_views.rules import LONGEST_NAME


class ViewForm(Form):
    name = StringField(
        "Name", [DataRequired("Please give it a name."), at_most(LONGEST_NAME)], render_kw={"autocomplete": "off"}
    )
    opens_first = BooleanField("Open the list with it", description="“All” beside it still shows everything.")


class OwnViewForm(ViewForm):
    """A new one, of somebody who shares none."""

    of = HiddenField()
    """Which list it is of."""
    query = HiddenField()
    """What the list is narrowed to, as its address says it."""

    @property
    def shares(self) -> bool:
        return "is_shared" in self and bool(self["is_shared"].data)


class NewViewForm(OwnViewForm):
    is_shared = BooleanField("Share it with your colleagues", description="Each sees in it what is theirs to see.")


class OpeningForm(Form):
    """For a view of somebody else."""

    opens_first = BooleanField("Open the list with it", description="“All” beside it still shows everything.")
