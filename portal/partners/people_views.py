"""A partner's people, invited by staff who look after the company."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth import bulk_pages, invitations
from portal.auth import queries as people
from portal.auth.forms import InviteColleagueForm
from portal.auth.models import User
from portal.auth.permissions import Permission, Reach, requires
from portal.auth.rules import PARTNER_ROLES, ROLE_HINT, Role
from portal.auth.step_up import Decision, step_up
from portal.errors import Refused
from portal.idempotency import commit_to, once
from portal.partners import decisions, queries

bp = Blueprint("partner_people", __name__, url_prefix="/staff/partners/<ref>")


@bp.route("/invitation", methods=["GET", "POST"])
@requires(Permission.MANAGE_PARTNERS, Reach.ANY)
@step_up(decisions.invitation)
@once
def invite(ref: str) -> ResponseReturnValue:
    partner, form = queries.get_visible(current_user, ref), InviteColleagueForm()
    name, partner_id = partner.name, partner.id
    if form.validate_on_submit():
        answers = form.answers() | {"roles": frozenset(Role(role) for role in form.roles.data)}
        try:
            invitations.invite(current_user, **answers, partner_id=partner_id, now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(_url_of(ref), f"{form.name.data} was invited. The link in the mail works for 7 days.")
    return render_template("partners/invite.html", form=form, name=name, ref=ref, role_hints=ROLE_HINT), form.status


@bp.get("/invitations")
@requires(Permission.MANAGE_PARTNERS, Reach.ANY)
def write_many(ref: str) -> ResponseReturnValue:
    return bulk_pages.write(_side(ref))


@bp.post("/invitations/preview")
@requires(Permission.MANAGE_PARTNERS, Reach.ANY)
def preview_many(ref: str) -> ResponseReturnValue:
    return bulk_pages.preview(_side(ref))


def _decision(ref: str) -> Decision:
    return bulk_pages.decision(_side(ref))


@bp.post("/invitations")
@requires(Permission.MANAGE_PARTNERS, Reach.ANY)
@step_up(_decision)
@once
def invite_many(ref: str) -> ResponseReturnValue:
    return bulk_pages.send(_side(ref))


@bp.post("/people/<person_ref>/invitation")
@requires(Permission.MANAGE_PARTNERS, Reach.ANY)
@once
def resend_invitation(ref: str, person_ref: str) -> ResponseReturnValue:
    user = _person(ref, person_ref)
    invitations.resend(current_user, user, now=clock.now())
    sentence = f"A new invitation is on its way to {user.shown_email}. The link before it is void."
    return commit_to(_url_of(ref), sentence)


@bp.post("/people/<person_ref>/invitation/revocation")
@requires(Permission.MANAGE_PARTNERS, Reach.ANY)
@once
def revoke_invitation(ref: str, person_ref: str) -> ResponseReturnValue:
    user = _person(ref, person_ref)
    invitations.revoke(current_user, user, now=clock.now())
    return commit_to(_url_of(ref), f"The invitation of {user.name} is taken back. The link in the mail opens nothing.")


def _person(ref: str, person_ref: str) -> User:
    return people.get_of_partner(queries.get_visible(current_user, ref).id, person_ref)


def _side(ref: str) -> bulk_pages.Side:
    partner = queries.get_visible(current_user, ref)
    title = f"Invite several people of {partner.name}"
    return bulk_pages.Side(partner.id, PARTNER_ROLES, title, f"{_url_of(ref)}/invitations", _url_of(ref))


def _url_of(ref: str) -> str:
    return f"/staff/partners/{ref}"
