"""How a partner's people sign in, as staff see it: to trust the provider, and to help where it locks them out."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import abort

from portal import clock
from portal.activity.queries import timeline
from portal.auth.permissions import Permission, Reach, requires
from portal.auth.step_up import step_up
from portal.forms import seen_version
from portal.idempotency import commit_to, once
from portal.partners import queries as partners
from portal.sso import actions, decisions, queries
from portal.sso.queries import SetUp

bp = Blueprint("staff_partner_sign_in", __name__, url_prefix="/staff/partners/<ref>/sign-in")


@bp.get("")
@requires(Permission.VIEW_PARTNERS, Reach.ANY)
def show(ref: str) -> ResponseReturnValue:
    partner = partners.get_visible(current_user, ref)
    found = queries.of_side(current_user, partner.id)
    return render_template(
        "sso/of_partner.html",
        partner=partner,
        connection=found.connection if found else None,
        domains=found.domains if found else (),
        people=queries.people(found.connection) if found else [],
        entries=timeline(current_user, [found.connection.ref], limit=8) if found else [],
        may_manage=current_user.may(Permission.MANAGE_PARTNERS),
    )


@bp.post("/trust")
@requires(Permission.MANAGE_PARTNERS, Reach.ANY)
@step_up(decisions.trusting_of_partner)
@once
def trust(ref: str) -> ResponseReturnValue:
    actions.trust(current_user, _of(ref).connection, True, seen_version=seen_version(), now=clock.now())
    return commit_to(_url_of(ref), "Whoever comes by this provider has shown a second factor.")


@bp.post("/distrust")
@requires(Permission.MANAGE_PARTNERS, Reach.ANY)
@once
def distrust(ref: str) -> ResponseReturnValue:
    actions.trust(current_user, _of(ref).connection, False, seen_version=seen_version(), now=clock.now())
    return commit_to(_url_of(ref), "Whoever needs a second factor is asked for it here again.")


@bp.post("/disabling")
@requires(Permission.MANAGE_PARTNERS, Reach.ANY)
@step_up(decisions.disabling_of_partner)
@once
def disable(ref: str) -> ResponseReturnValue:
    actions.disable(current_user, _of(ref).connection, seen_version=seen_version(), now=clock.now())
    return commit_to(_url_of(ref), "Single sign-on is off for this company. Passwords work again.")


def _of(ref: str) -> SetUp:
    partner = partners.get_visible(current_user, ref)
    return queries.of_side(current_user, partner.id) or abort(404)


def _url_of(ref: str) -> str:
    return url_for(".show", ref=ref)
