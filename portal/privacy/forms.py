from wtforms import EmailField, IntegerField, RadioField, StringField
from wtforms.validators import DataRequired, InputRequired

from portal.auth.rules import plain_address
from portal.errors import Refused
from portal.forms import Form, at_most, choices
from portal.privacy.rules import REASON_LABEL, TERMS, Keep, Reason, months_of


class SearchForm(Form):
    """Posted, so that nobody's address stands in a log of addresses."""

    person = StringField(
        "Mail address or name",
        [DataRequired("Please give a mail address or a name."), at_most(254)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class ErasureForm(Form):
    reason = RadioField("Why", [InputRequired("Please choose one.")], choices=choices(REASON_LABEL))
    address = EmailField(
        "Type the mail address of the person, to confirm",
        [DataRequired("Please type the mail address."), at_most(254)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )

    @property
    def chosen(self) -> Reason:
        return Reason(self.reason.data)

    def check_address(self, email: str) -> None:
        """Raises Refused unless what was typed is this person's."""
        if plain_address(self.address.data or "") != email:
            raise Refused("This is not the address of this person. Look whom you are about to erase.", "address")


class RetentionForm(Form):
    @property
    def months(self) -> dict[Keep, int]:
        return {keep: self[keep].data for keep in Keep}

    @classmethod
    def showing(cls, settings: dict[str, int]) -> "RetentionForm":
        return cls(data={str(keep): months for keep, months in months_of(settings).items()})


for _keep, _term in TERMS.items():
    setattr(RetentionForm, _keep, IntegerField(_term.label, [InputRequired("Please give the months.")]))
