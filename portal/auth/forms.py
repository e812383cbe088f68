from collections.abc import Iterable
from functools import cache
from zoneinfo import available_timezones

from wtforms import (
    BooleanField,
    EmailField,
    FileField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import Email, InputRequired, Length
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from portal.auth.rules import PARTNER_ROLES, ROLE_LABEL, STAFF_ROLES, Role
from portal.forms import Form, at_most

GIVE_ADDRESS = InputRequired("Please give the mail address.")
IS_ADDRESS = Email("This is not a mail address.")
ADDRESS_LENGTH = Length(max=254, message="A mail address has up to 254 characters.")
GIVE_NAME = InputRequired("Please give the name.")
NAME_LENGTH = at_most(120)
GIVE_PASSWORD = InputRequired("Please give the password.")
LENGTH_HINT = "12 characters or more. A sentence is easy to remember."


def own_address(label: str) -> EmailField:
    return EmailField(label, [GIVE_ADDRESS, ADDRESS_LENGTH, IS_ADDRESS], render_kw={"autocomplete": "username"})


def new_password(label: str) -> PasswordField:
    return PasswordField(label, [GIVE_PASSWORD], description=LENGTH_HINT, render_kw={"autocomplete": "new-password"})


def roles_field(label: str, roles: Iterable[Role], chosen: Iterable[Role] = ()) -> SelectMultipleField:
    return SelectMultipleField(
        label,
        [InputRequired("Choose at least one.")],
        choices=[SelectChoice(role, ROLE_LABEL[role]) for role in roles],
        default=[str(role) for role in chosen],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )


class SignInForm(Form):
    idempotency_key = None  # nothing is made here that could be made twice
    email = own_address("Mail address")
    password = PasswordField(
        "Password",
        [GIVE_PASSWORD, Length(max=500, message="That is longer than any password here.")],
        render_kw={"autocomplete": "current-password"},
    )


class AskResetForm(Form):
    idempotency_key = None
    email = own_address("Mail address")


class ResetForm(Form):
    password = new_password("New password")


class InvitationForm(Form):
    name = StringField("Your name", [GIVE_NAME, NAME_LENGTH], render_kw={"autocomplete": "name"})
    password = new_password("Password")


class ChangePasswordForm(Form):
    current = PasswordField("Your password now", [GIVE_PASSWORD], render_kw={"autocomplete": "current-password"})
    password = new_password("New password")


class AddressForm(Form):
    address = EmailField(
        "New mail address", [GIVE_ADDRESS, ADDRESS_LENGTH, IS_ADDRESS], render_kw={"autocomplete": "email"}
    )


class ProfileForm(Form):
    name = StringField("Name", [GIVE_NAME, NAME_LENGTH], render_kw={"autocomplete": "name"})
    phone = TelField(
        "Phone",
        [at_most(40)],
        description="Shown beside the referrals that you have or sent, so that the other side can call you.",
        render_kw={"autocomplete": "tel"},
    )
    time_zone = SelectField("Time zone", description="Every time you are shown is in this zone.")
    theme = RadioField(
        "Colours",
        choices=[
            SelectChoice("", "As the device"),
            SelectChoice("light", "Light"),
            SelectChoice("dark", "Dark"),
        ],
    )
    letter_keys = BooleanField(
        "Single letters are shortcuts",
        description="J and K move in lists, and a page says which others it knows. Never while you type in a field.",
    )

    def offer_zones(self, of_the_program: str) -> None:
        usual = SelectChoice("", f"As the program: {of_the_program.replace('_', ' ')}")
        self.time_zone.choices = [usual, *(SelectChoice(zone, zone.replace("_", " ")) for zone in zones())]


class InviteForm(Form):
    name = StringField("Name", [GIVE_NAME, NAME_LENGTH])
    email = EmailField("Mail address at work", [GIVE_ADDRESS, ADDRESS_LENGTH, IS_ADDRESS])


class InviteColleagueForm(InviteForm):
    roles = roles_field("What will they do?", PARTNER_ROLES)


class InviteStaffForm(InviteForm):
    roles = roles_field("What will they do?", STAFF_ROLES)


class InviteManyForm(Form):
    idempotency_key = None  # looking at what was typed makes nothing
    text = TextAreaField("People", [at_most(20_000)], description="A line for each: name, mail address, roles.")
    file = FileField("Or a CSV file", description="With the same three columns. It comes on top of what is typed.")


class SendManyForm(Form):
    text = TextAreaField(widget=HiddenInput())


class ColleagueRolesForm(Form):
    roles = roles_field("Roles", PARTNER_ROLES)


class StaffRolesForm(Form):
    roles = roles_field("Roles", STAFF_ROLES)


@cache
def zones() -> tuple[str, ...]:
    """Zones by place; the others are aliases and machine names."""
    places = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return ("UTC", *sorted(zone for zone in available_timezones() if zone.startswith(places)))
