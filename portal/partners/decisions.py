"""What somebody is shown again who decides on where a company is paid, or on who acts for it."""

from flask import abort, request
from flask_login import current_user

from portal.auth.factor_rules import role_words_of
from portal.auth.step_up import Decision, typed
from portal.errors import Overtaken
from portal.partners import queries
from portal.partners.rules import TAX_FORM_LABEL


def proposal() -> Decision:
    company = queries.company(current_user)
    now = company.in_use.account_masked if company.in_use else "nowhere yet"
    lines = [("Company", company.partner.name), ("Paid to now", now)]
    return Decision("Propose these payout details", [*lines, ("Holder", typed("holder")), ("IBAN", typed("account"))])


def confirmation(ref: str, details_ref: str) -> Decision:
    company = queries.company(current_user, ref)
    if company.proposed is None:
        raise Overtaken
    if company.proposed.ref != details_ref:
        abort(404)
    now = company.in_use.account_masked if company.in_use else "nowhere yet"
    lines = [("Company", company.partner.name), ("Paid to now", now)]
    proposed = [("Holder", company.proposed.holder), ("Account", company.proposed.account_masked)]
    return Decision("Confirm these payout details", [*lines, *proposed])


def tax_form() -> Decision:
    kinds = {str(kind): label for kind, label in TAX_FORM_LABEL.items()}
    chosen = kinds.get(typed("kind"), "nothing yet")
    return Decision("File this tax form", [("Company", queries.own(current_user).name), ("Tax form", chosen)])


def invitation(ref: str) -> Decision:
    lines = [("Company", queries.get_visible(current_user, ref).name), ("Name", typed("name"))]
    roles = role_words_of(request.form.getlist("roles"))
    return Decision("Invite this person", [*lines, ("Mail address", typed("email")), ("Roles", roles)])
