from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    PasswordField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from portal.auth.forms import own_address
from portal.auth.rules import PARTNER_ROLES, ROLE_LABEL, STAFF_ROLES, Role
from portal.forms import Form, SeenForm, at_most
from portal.sso.models import Connection
from portal.sso.rules import GROUPS_CLAIM, Settings, plain_domains, plain_issuer

BETWEEN = ";"
"""Stands between the names of groups: those of directories have commas in them."""


class AddressForm(Form):
    idempotency_key = None
    email = own_address("Mail address at your company")


class CallbackForm(Form):
    """What the identity provider sent along, on its way into a POST."""

    idempotency_key = None
    state = HiddenField()
    code = HiddenField()
    iss = HiddenField()


class ConnectionForm(SeenForm):
    issuer = StringField(
        "Address of the identity provider",
        [InputRequired("Give the issuer's address."), at_most(300)],
        description="The issuer, for example https://login.example.com/realms/work. Its discovery document is read.",
        render_kw={"inputmode": "url", "autocomplete": "off"},
    )
    client_id = StringField(
        "Client ID",
        [InputRequired("Give the client ID."), at_most(300)],
        render_kw={"autocomplete": "off"},
    )
    client_secret = PasswordField("Client secret", [at_most(500)], render_kw={"autocomplete": "new-password"})
    domains = TextAreaField(
        "Mail domains",
        [InputRequired("Name at least one domain."), at_most(2000)],
        description="Only whose mail address is at one of them comes in. One a line.",
        render_kw={"rows": 2},
    )
    creates_accounts = BooleanField("Whoever comes gets an account")
    default_roles = SelectMultipleField(
        "What they do", option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    group_claim = StringField(
        "Claim that names the groups",
        [at_most(200)],
        default=GROUPS_CLAIM,
        description="Most providers call it “groups”.",
        render_kw={"autocomplete": "off"},
    )
    local_login_off = BooleanField("No passwords")

    def groups(self) -> list[Any]:
        return [self[f"groups_{role}"] for role in self.roles]

    roles: tuple[Role, ...] = ()

    @classmethod
    def showing(cls, connection: Connection | None, domains: tuple[str, ...]) -> "ConnectionForm":
        form = cls(data=_typed(connection, domains) if connection else None)
        form.default_roles.choices = [SelectChoice(role, ROLE_LABEL[role]) for role in cls.roles]
        return form

    def settings(self, *, local: bool) -> Settings:
        """What was typed, read. Raises Refused naming the field."""
        named = {role: _names(self[f"groups_{role}"].data) for role in self.roles}
        return Settings(
            issuer=plain_issuer(self.issuer.data or "", local=local),
            client_id=self.client_id.data or "",
            domains=plain_domains(self.domains.data or ""),
            group_claim=self.group_claim.data or GROUPS_CLAIM,
            groups_by_role={role: names for role, names in named.items() if names},
            default_roles=frozenset(Role(role) for role in self.default_roles.data or ()),
            creates_accounts=self.creates_accounts.data,
            local_login_off=self.local_login_off.data,
        )


def _typed(connection: Connection, domains: tuple[str, ...]) -> dict[str, Any]:
    """A connection in the words that people type."""
    names = ("version", "issuer", "client_id", "creates_accounts", "group_claim", "local_login_off", "default_roles")
    groups = {f"groups_{role}": f"{BETWEEN} ".join(held) for role, held in connection.groups_by_role.items()}
    return {name: getattr(connection, name) for name in names} | {"domains": "\n".join(domains)} | groups


def _names(typed: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in (typed or "").split(BETWEEN) if name.strip()))


class PartnerConnectionForm(ConnectionForm):
    roles = PARTNER_ROLES


class StaffConnectionForm(ConnectionForm):
    roles = STAFF_ROLES


for _form in (PartnerConnectionForm, StaffConnectionForm):
    for _role in _form.roles:
        setattr(
            _form, f"groups_{_role}", StringField(ROLE_LABEL[_role], [at_most(2000)], render_kw={"autocomplete": "off"})
        )
