"""How one's side signs in: staff's in the settings, a company's on its page. One way of doing it, at two addresses."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import abort

from portal import clock
from portal.activity.queries import timeline
from portal.auth.permissions import Access, Permission, Reach, requires
from portal.auth.rules import ROLE_LABEL, Role, role_words
from portal.auth.step_up import step_up
from portal.errors import Refused
from portal.extensions import db
from portal.forms import seen_version
from portal.idempotency import commit_to, once
from portal.partners import queries as partners
from portal.sso import actions, decisions, flow, provider, queries
from portal.sso.forms import PartnerConnectionForm, StaffConnectionForm
from portal.sso.queries import SetUp
from portal.sso.rules import OF_STAFF


def show() -> ResponseReturnValue:
    return _page(queries.of_side(current_user, current_user.partner_id))


@step_up(decisions.settings)
@once
def edit() -> ResponseReturnValue:
    found = queries.of_side(current_user, current_user.partner_id)
    connection, domains = (found.connection, found.domains) if found else (None, ())
    form = _form_of_side().showing(connection, domains)
    if form.validate_on_submit():
        try:
            settings, secret = form.settings(local=flow.is_local()), form.client_secret.data or None
            if connection is None:
                owner = partners.own(current_user).ref if current_user.partner_id is not None else OF_STAFF
                side = {"owner": owner, "partner_id": current_user.partner_id}
                actions.set_up(current_user, settings, **side, secret=secret, now=clock.now())
            else:
                seen = form.version.data
                actions.change(current_user, connection, settings, secret=secret, seen_version=seen, now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(url_for(".show"), "The settings of single sign-on are saved.")
    is_new = connection is None
    return render_template("sso/edit.html", form=form, is_new=is_new, callback=flow.redirect_uri()), form.status


def test() -> ResponseReturnValue:
    """Asks the provider now, and changes nothing."""
    found = _own()
    db.session.commit()  # no lock is held while the provider is asked
    try:
        client = flow.client_of(found.connection)
        return _page(found, told=provider.discover(client.issuer, local=client.local, anew=True))
    except Refused as refusal:
        return _page(found, trouble=str(refusal))


@step_up(decisions.enabling)
@once
def enable() -> ResponseReturnValue:
    actions.enable(current_user, _own().connection, seen_version=seen_version(), now=clock.now())
    return commit_to(url_for(".show"), "Single sign-on is on. Try it in another browser before you sign out here.")


@step_up(decisions.disabling)
@once
def disable() -> ResponseReturnValue:
    actions.disable(current_user, _own().connection, seen_version=seen_version(), now=clock.now())
    return commit_to(url_for(".show"), "Single sign-on is off. Passwords work again, and whoever came by it has to.")


@step_up(decisions.trusting)
@once
def trust() -> ResponseReturnValue:
    actions.trust(current_user, _own().connection, True, seen_version=seen_version(), now=clock.now())
    return commit_to(url_for(".show"), "Whoever comes by this provider has shown a second factor.")


@once
def distrust() -> ResponseReturnValue:
    actions.trust(current_user, _own().connection, False, seen_version=seen_version(), now=clock.now())
    return commit_to(url_for(".show"), "Whoever needs a second factor is asked for it here again.")


@step_up(decisions.unlinking)
@once
def unlink(ref: str) -> ResponseReturnValue:
    found = _own()
    actions.unlink(current_user, found.connection, queries.get_identity(found.connection, ref), now=clock.now())
    return commit_to(url_for(".show"), "The link is taken back. They come anew, by their mail address.")


def _mount(name: str, prefix: str, see: Access, manage: Access) -> Blueprint:
    bp = Blueprint(name, __name__, url_prefix=prefix)
    bp.add_url_rule("", view_func=requires(*see)(show), methods=["GET"])
    bp.add_url_rule("/edit", view_func=requires(*manage)(edit), methods=["GET", "POST"])
    for noun, view in {"test": test, "enabling": enable, "disabling": disable}.items():
        bp.add_url_rule(f"/{noun}", view_func=requires(*manage)(view), methods=["POST"])
    bp.add_url_rule("/people/<ref>/unlinking", view_func=requires(*manage)(unlink), methods=["POST"])
    return bp


SEE_STAFF, MANAGE_STAFF = Access(Permission.VIEW_SETTINGS, Reach.ANY), Access(Permission.EDIT_SETTINGS, Reach.ANY)
MANAGE_COMPANY = Access(Permission.MANAGE_SIGN_IN, Reach.COMPANY)
company = _mount("company_sign_in", "/company/sign-in", MANAGE_COMPANY, MANAGE_COMPANY)
staff = _mount("staff_sign_in", "/staff/settings/sign-in", SEE_STAFF, MANAGE_STAFF)
staff.add_url_rule("/trust", view_func=requires(*MANAGE_STAFF)(trust), methods=["POST"])
staff.add_url_rule("/distrust", view_func=requires(*MANAGE_STAFF)(distrust), methods=["POST"])


def _own() -> SetUp:
    return queries.of_side(current_user, current_user.partner_id) or abort(404)


def _page(
    found: SetUp | None, *, told: provider.Provider | None = None, trouble: str | None = None
) -> ResponseReturnValue:
    connection = found.connection if found else None
    return render_template(
        "sso/show.html",
        connection=connection,
        domains=found.domains if found else (),
        roles=_role_lines(found),
        people=queries.people(connection) if connection else [],
        keeper=queries.keeper() if connection and connection.owner == OF_STAFF else None,
        entries=timeline(current_user, [connection.ref], limit=8) if connection else [],
        may_change=current_user.may(Permission.EDIT_SETTINGS) or current_user.may(Permission.MANAGE_SIGN_IN),
        callback=flow.redirect_uri(),
        link=flow.public(url_for("sso.begin", ref=connection.ref)) if connection else "",
        told=told,
        trouble=trouble,
    )


def _role_lines(found: SetUp | None) -> list[tuple[str, str]]:
    """Which groups give which role, and what is usual, in words."""
    if found is None:
        return []
    given = found.connection.groups_by_role
    lines = [(ROLE_LABEL[role], ", ".join(given[role])) for role in Role if role in given]
    usual = role_words(frozenset(Role(role) for role in found.connection.default_roles))
    return [*lines, ("Without a group", usual or "do not come in")]


def _form_of_side() -> type[PartnerConnectionForm] | type[StaffConnectionForm]:
    return StaffConnectionForm if current_user.is_staff else PartnerConnectionForm
