"""People and what they may do: a partner's team, and staff. One way of doing it, at two addresses."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth import actions, bulk_pages, decisions, factors, invitations, matrix, queries
from portal.auth.forms import ColleagueRolesForm, InviteColleagueForm, InviteStaffForm, StaffRolesForm
from portal.auth.models import User
from portal.auth.permissions import Access, Permission, Reach, requires
from portal.auth.rules import PARTNER_ROLES, ROLE_HINT, STAFF_ROLES, Role
from portal.auth.step_up import step_up
from portal.errors import Refused
from portal.idempotency import commit_to, once
from portal.viewing import queries as looks

RolesForm = ColleagueRolesForm | StaffRolesForm


def index() -> ResponseReturnValue:
    people = queries.colleagues(current_user, clock.now())
    return render_template("people/index.html", people=people, may_manage=_may_manage())


@step_up(decisions.invitation)
@once
def invite() -> ResponseReturnValue:
    form = InviteStaffForm() if current_user.is_staff else InviteColleagueForm()
    if form.validate_on_submit():
        try:
            invited = invitations.invite(
                current_user,
                email=form.email.data,
                name=form.name.data,
                roles=_roles(form.roles.data),
                partner_id=current_user.partner_id,
                now=clock.now(),
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(url_for(".index"), f"{invited.name} was invited. The link in the mail works for 7 days.")
    return render_template("people/invite.html", form=form, role_hints=ROLE_HINT), form.status


def show(ref: str) -> ResponseReturnValue:
    user = queries.get_visible(current_user, ref)
    return _page(user, _roles_form(user))


@step_up(decisions.roles)
@once
def change_roles(ref: str) -> ResponseReturnValue:
    user = queries.get_visible(current_user, ref)
    form = _roles_form(user)
    if form.validate_on_submit():
        try:
            actions.change_roles(current_user, user, _roles(form.roles.data), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
            user = queries.get_visible(current_user, ref)
        else:
            return commit_to(_url_of(ref), f"The roles of {user.name} hold from now on.")
    return _page(user, form)


@once
def resend_invitation(ref: str) -> ResponseReturnValue:
    user = queries.get_visible(current_user, ref)
    invitations.resend(current_user, user, now=clock.now())
    return commit_to(_url_of(ref), f"A new invitation is on its way to {user.shown_email}. The link before it is void.")


@once
def revoke_invitation(ref: str) -> ResponseReturnValue:
    user = queries.get_visible(current_user, ref)
    invitations.revoke(current_user, user, now=clock.now())
    return commit_to(_url_of(ref), f"The invitation of {user.name} is taken back. The link in the mail opens nothing.")


def write_many() -> ResponseReturnValue:
    return bulk_pages.write(_side())


def preview_many() -> ResponseReturnValue:
    return bulk_pages.preview(_side())


@step_up(lambda: bulk_pages.decision(_side()))
@once
def invite_many() -> ResponseReturnValue:
    return bulk_pages.send(_side())


@step_up(decisions.factors_reset)
@once
def reset_factors(ref: str) -> ResponseReturnValue:
    user = queries.get_visible(current_user, ref)
    factors.reset(current_user, user, now=clock.now())
    return commit_to(_url_of(ref), f"{user.name} signs in with the password, and can set up a second factor again.")


@once
def disable(ref: str) -> ResponseReturnValue:
    user = queries.get_visible(current_user, ref)
    actions.disable_user(current_user, user, now=clock.now())
    return commit_to(_url_of(ref), f"The account of {user.name} is closed, and every browser of theirs signed out.")


@once
def enable(ref: str) -> ResponseReturnValue:
    user = queries.get_visible(current_user, ref)
    actions.enable_user(current_user, user, now=clock.now())
    return commit_to(_url_of(ref), f"{user.name} may sign in again.")


def show_roles() -> ResponseReturnValue:
    reaches = [(matrix.SHORT[reach], matrix.LONG[reach]) for reach in reversed(Reach)]
    return render_template("people/roles.html", sides=matrix.sides(), reaches=reaches)


def _mount(name: str, prefix: str, see: Access, manage: Access) -> Blueprint:
    bp = Blueprint(name, __name__, url_prefix=prefix)
    for rule, view in (("/", index), ("/<ref>", show)):
        bp.add_url_rule(rule, view_func=requires(*see)(view), methods=["GET"])
    bp.add_url_rule("/invitation", view_func=requires(*manage)(invite), methods=["GET", "POST"])
    bp.add_url_rule("/invitations", view_func=requires(*manage)(write_many), methods=["GET"])
    bp.add_url_rule("/invitations/preview", view_func=requires(*manage)(preview_many), methods=["POST"])
    bp.add_url_rule("/invitations", view_func=requires(*manage)(invite_many), methods=["POST"])
    bp.add_url_rule("/<ref>/invitation/revocation", view_func=requires(*manage)(revoke_invitation), methods=["POST"])
    changes = {"invitation": resend_invitation, "roles": change_roles, "disabling": disable, "enabling": enable}
    changes["second-factor-reset"] = reset_factors
    for noun, view in changes.items():
        bp.add_url_rule(f"/<ref>/{noun}", view_func=requires(*manage)(view), methods=["POST"])
    return bp


OF_COMPANY = Access(Permission.VIEW_TEAM, Reach.COMPANY), Access(Permission.MANAGE_TEAM, Reach.COMPANY)
OF_STAFF = Access(Permission.VIEW_PEOPLE, Reach.ANY), Access(Permission.MANAGE_PEOPLE, Reach.ANY)
team = _mount("team", "/team", *OF_COMPANY)
people = _mount("people", "/staff/people", *OF_STAFF)
people.add_url_rule("/roles", view_func=requires(Permission.VIEW_PEOPLE, Reach.ANY)(show_roles), methods=["GET"])


def _page(user: User, form: RolesForm) -> ResponseReturnValue:
    person = queries.person(user, clock.now())
    words = {"person": person, "user": user, "may_manage": _may_manage(), "role_hints": ROLE_HINT}
    reads = current_user.is_staff or words["may_manage"] or user.id == current_user.id
    words["looks"] = looks.of_person(user) if reads else []
    return render_template("people/show.html", form=form, **words), form.status


def _may_manage() -> bool:
    return bool(current_user.may(Permission.MANAGE_PEOPLE) or current_user.may(Permission.MANAGE_TEAM))


def _roles_form(user: User) -> RolesForm:
    held = [str(role) for role in user.lasting_roles]
    return StaffRolesForm(roles=held) if user.is_staff else ColleagueRolesForm(roles=held)


def _roles(chosen: list[str]) -> frozenset[Role]:
    return frozenset(Role(role) for role in chosen)


def _side() -> bulk_pages.Side:
    roles = STAFF_ROLES if current_user.is_staff else PARTNER_ROLES
    url, back = url_for(".write_many"), url_for(".index")
    return bulk_pages.Side(current_user.partner_id, roles, "Invite several people", url, back)


def _url_of(ref: str) -> str:
    return url_for(".show", ref=ref)
