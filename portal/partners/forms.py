from wtforms import EmailField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.auth.forms import (
    ADDRESS_LENGTH,
    GIVE_ADDRESS,
    GIVE_NAME,
    IS_ADDRESS,
    NAME_LENGTH,
    roles_field,
)
from portal.auth.rules import PARTNER_ROLES, Role
from portal.countries import COUNTRIES
from portal.forms import Form, at_most
from portal.partners.rules import TAX_FORM_LABEL

_BY_NAME = sorted(COUNTRIES.items(), key=lambda each: each[1])


class NewPartnerForm(Form):
    name = StringField(
        "Name", [InputRequired("Please name the company."), NAME_LENGTH], description="What people call it."
    )
    legal_name = StringField(
        "Legal name",
        [InputRequired("Please give the legal name."), at_most(160)],
        description="As it stands in the register, and in the agreement.",
    )
    country = SelectField(
        "Country",
        [InputRequired("Please choose the country.")],
        choices=[SelectChoice("", "Choose"), *(SelectChoice(code, name) for code, name in _BY_NAME)],
    )
    address = TextAreaField(
        "Address",
        [InputRequired("Please give the address."), at_most(400)],
        description="Street, town, as on an envelope.",
    )
    contact_name = StringField("Name of the contact", [GIVE_NAME, NAME_LENGTH])
    email = EmailField("Mail address at work", [GIVE_ADDRESS, ADDRESS_LENGTH, IS_ADDRESS])
    roles = roles_field("What will they do?", PARTNER_ROLES, chosen=(Role.PARTNER_ADMIN, Role.PARTNER_SIGNATORY))


class PayoutDetailsForm(Form):
    holder = StringField(
        "Account holder",
        [InputRequired("Please name the holder of the account."), NAME_LENGTH],
        description="As the bank knows it.",
    )
    account = StringField(
        "IBAN",
        [InputRequired("Please give the IBAN."), Length(max=60, message="An IBAN has up to 34 letters and digits.")],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class TaxFormForm(Form):
    kind = RadioField(
        "Which one?",
        [InputRequired("Please choose one.")],
        choices=[SelectChoice(kind, label) for kind, label in TAX_FORM_LABEL.items()],
    )
