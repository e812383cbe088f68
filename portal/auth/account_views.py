"""One's own account, the same for partners and staff."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth import actions, queries
from portal.auth.forms import ChangePasswordForm, ProfileForm
from portal.auth.permissions import Permission, Reach, requires
from portal.errors import Refused
from portal.idempotency import commit_to, once
from portal.program import the_program

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@once
def show() -> ResponseReturnValue:
    form = ProfileForm(obj=current_user)
    program = the_program()
    form.offer_zones(program.time_zone if program else "UTC")
    if form.validate_on_submit():
        time_zone = form.time_zone.data or None
        actions.change_profile(current_user, name=form.name.data, time_zone=time_zone, theme=form.theme.data)
        return commit_to("/account/", "Saved.")
    return render_template(
        "account/show.html", form=form, devices=queries.devices(current_user, clock.now())
    ), form.status


@bp.route("/password", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@once
def change_password() -> ResponseReturnValue:
    form = ChangePasswordForm()
    if form.validate_on_submit():
        answers = {"current": form.current.data, "password": form.password.data}
        try:
            actions.change_password(current_user, **answers, now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to("/account/", "Your new password is set. Every other browser was signed out.")
    return render_template("account/password.html", form=form), form.status


@bp.post("/sessions/<handle>/end")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@once
def end_session(handle: str) -> ResponseReturnValue:
    actions.end_session(queries.get_session(current_user, handle), now=clock.now())
    return commit_to("/account/", "That browser was signed out.")


@bp.post("/sessions/end")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@once
def end_other_sessions() -> ResponseReturnValue:
    actions.end_other_sessions(current_user, now=clock.now())
    return commit_to("/account/", "Every other browser was signed out.")
