"""One's own account, the same for partners and staff."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth import actions, queries, throttles
from portal.auth.forms import ChangePasswordForm, ProfileForm
from portal.auth.permissions import Permission, Reach, requires
from portal.auth.rules import session_limits
from portal.errors import Refused
from portal.extensions import db
from portal.idempotency import commit_to, once
from portal.program import the_program

bp = Blueprint("account", __name__, url_prefix="/account")
P = ParamSpec("P")


def _counted(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """A POST is a try at the password. It is counted and committed before anything else: so it counts whatever comes of
    it, and the form's key is still to be claimed."""

    @wraps(view)
    def counted(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if request.method == "POST":
            throttles.count_proof(current_user.id, request.remote_addr or "", clock.now())
            db.session.commit()
        return view(*args, **kwargs)

    return counted


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@once
def show() -> ResponseReturnValue:
    form = ProfileForm(obj=current_user)
    program = the_program()
    form.offer_zones(program.time_zone if program else "UTC")
    if form.validate_on_submit():
        time_zone = form.time_zone.data or None
        chosen = {"theme": form.theme.data, "letter_keys": form.letter_keys.data, "phone": form.phone.data or ""}
        actions.change_profile(current_user, name=form.name.data, time_zone=time_zone, **chosen)
        return commit_to("/account/", "Saved.")
    return render_template("account/show.html", form=form), form.status


@bp.get("/devices")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
def devices() -> ResponseReturnValue:
    idle_hours = session_limits(current_user.roles).idle // timedelta(hours=1)
    found = queries.devices(current_user, clock.now())
    return render_template("account/devices.html", devices=found, idle_hours=idle_hours)


@bp.route("/password", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@_counted
@once
def change_password() -> ResponseReturnValue:
    form, now = ChangePasswordForm(), clock.now()
    if form.validate_on_submit():
        answers = {"current": form.current.data, "password": form.password.data}
        try:
            actions.change_password(current_user, **answers, now=now)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            throttles.forgive_proof(current_user.id, request.remote_addr or "", now)
            return commit_to("/account/", "Your new password is set. Every other browser was signed out.")
    return render_template("account/password.html", form=form), form.status


@bp.post("/sessions/<handle>/end")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@once
def end_session(handle: str) -> ResponseReturnValue:
    actions.end_session(queries.get_session(current_user, handle), now=clock.now())
    return commit_to("/account/devices", "That browser was signed out.")


@bp.post("/sessions/end")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@once
def end_other_sessions() -> ResponseReturnValue:
    actions.end_other_sessions(current_user, now=clock.now())
    return commit_to("/account/devices", "Every other browser was signed out.")
