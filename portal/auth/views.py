"""Signing in and out."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth import devices, local_login, queries, throttles
from portal.auth.forms import SignInForm
from portal.auth.passkeys import place
from portal.auth.passwords import is_right
from portal.auth.permissions import public
from portal.auth.rules import path_after_sign_in
from portal.auth.sessions import await_factor
from portal.auth.sessions import sign_in as open_for
from portal.auth.sessions import sign_out as close
from portal.errors import Refused
from portal.extensions import db
from portal.idempotency import commit_to

bp = Blueprint("auth", __name__)

WRONG = "This address and this password do not belong together. Try again, or ask for a new password."


@bp.route("/login", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(path_after_sign_in(None, is_staff=current_user.is_staff))
    form = SignInForm()
    if form.validate_on_submit():
        now = clock.now()
        tried = {"email": form.email.data, "address": request.remote_addr or "", "now": now}
        tried["device"] = devices.used_before(form.email.data)
        throttles.count_sign_in(**tried)
        stored = queries.password_hash_of(form.email.data)
        db.session.commit()  # the try counts whatever comes of it, and the hashing below holds no lock
        user = queries.by_email(form.email.data) if is_right(form.password.data, stored) else None
        instead = local_login.refusal(form.email.data, user)
        if user is not None and instead is None:
            throttles.forgive_sign_in(**tried)
            if user.factor_since is not None:
                await_factor(user, now)
                return commit_to(url_for("second_factor.give", next=request.args.get("next")))
            open_for(user, now)
            return commit_to(path_after_sign_in(request.args.get("next"), is_staff=user.is_staff))
        form.refuse(Refused(instead or WRONG))
    return render_template("auth/sign_in.html", form=form, takes_passkeys=place() is not None), form.status


@bp.post("/logout")
@public
def sign_out() -> ResponseReturnValue:
    close(clock.now())
    return commit_to("/login", "You are signed out.")
