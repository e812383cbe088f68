"""What somebody is shown again who decides how people sign in."""

from flask_login import current_user
from werkzeug.exceptions import abort

from portal.auth.step_up import Decision, typed
from portal.partners import queries as partners
from portal.sso import queries
from portal.sso.queries import SetUp


def settings() -> Decision:
    lines = [("Identity provider", typed("issuer")), ("Client ID", typed("client_id")), ("Domains", typed("domains"))]
    passwords = "switched off" if typed("local_login_off") != "nothing yet" else "still work"
    return Decision("Save how people sign in", [*lines, ("Passwords", passwords)])


def enabling() -> Decision:
    return Decision("Switch single sign-on on", _lines(_own()))


def disabling() -> Decision:
    return Decision("Switch single sign-on off", _lines(_own()))


def unlinking(ref: str) -> Decision:
    came = next((each for each in queries.people(_own().connection) if each.ref == ref), None) or abort(404)
    return Decision("Take this link back", [("Person", came.name), ("Mail address", came.email)])


def trusting() -> Decision:
    return Decision("Count this provider as a second factor", _lines(_own()))


def trusting_of_partner(ref: str) -> Decision:
    return Decision("Count this provider as a second factor", _of_partner(ref))


def disabling_of_partner(ref: str) -> Decision:
    return Decision("Switch single sign-on off", _of_partner(ref))


def _of_partner(ref: str) -> list[tuple[str, str]]:
    partner = partners.get_visible(current_user, ref)
    return [("Company", partner.name), *_lines(queries.of_side(current_user, partner.id) or abort(404))]


def _own() -> SetUp:
    return queries.of_side(current_user, current_user.partner_id) or abort(404)


def _lines(found: SetUp) -> list[tuple[str, str]]:
    return [("Identity provider", found.connection.issuer), ("Mail domains", ", ".join(found.domains))]
