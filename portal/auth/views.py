"""Signing in and out, and the links in mails that set a password."""

import time

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth import actions, links, queries, throttles
from portal.auth.forms import AskResetForm, InvitationForm, ResetForm, SignInForm
from portal.auth.permissions import public
from portal.auth.rules import LinkPurpose, path_after_sign_in
from portal.auth.sessions import sign_in as open_for
from portal.auth.sessions import sign_out as close
from portal.auth.throttles import TooManyTries
from portal.errors import Refused
from portal.extensions import db
from portal.idempotency import commit_to

bp = Blueprint("auth", __name__)

WRONG = "This address and this password do not belong together. Try again, or ask for a new password."
EVEN_SECONDS = 0.2
"""What asking for a new password takes, whether there is such an account or not."""


@bp.route("/login", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(path_after_sign_in(None, is_staff=current_user.is_staff))
    form = SignInForm()
    if form.validate_on_submit():
        now = clock.now()
        try:
            throttles.count_sign_in(form.email.data, request.remote_addr or "", now)
        except TooManyTries as pause:
            raise pause.in_words_of_http(now) from pause
        user = queries.by_email(form.email.data)
        db.session.commit()  # the try counts whatever comes of it, and the hashing below holds no lock
        if actions.authenticate(user, form.password.data) and user is not None:
            throttles.forgive(user.email)
            open_for(user, now)
            return commit_to(path_after_sign_in(request.args.get("next"), is_staff=user.is_staff))
        form.refuse(Refused(WRONG))
    return render_template("auth/sign_in.html", form=form), form.status


@bp.post("/logout")
@public
def sign_out() -> ResponseReturnValue:
    close(clock.now())
    return commit_to("/login", "You are signed out.")


@bp.route("/password-reset", methods=["GET", "POST"])
@public
def ask_reset() -> ResponseReturnValue:
    form = AskResetForm()
    if form.validate_on_submit():
        started, now = time.perf_counter(), clock.now()
        try:
            may_be_written_to = throttles.count_reset(form.email.data, request.remote_addr or "", now)
        except TooManyTries as pause:
            raise pause.in_words_of_http(now) from pause
        if may_be_written_to:
            actions.ask_reset(queries.by_email(form.email.data), now=now)
        db.session.commit()
        time.sleep(max(0.0, started + EVEN_SECONDS - time.perf_counter()))
        return render_template("auth/reset_asked.html", email=form.email.data)
    return render_template("auth/ask_reset.html", form=form), form.status


@bp.route("/password-reset/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> ResponseReturnValue:
    form, now = ResetForm(), clock.now()
    try:
        link, user = links.find(token, LinkPurpose.RESET, now)
    except links.LinkRefused as refusal:
        return render_template("auth/reset_refused.html", reason=refusal), refusal.status
    email = user.email
    if form.validate_on_submit():
        try:
            actions.reset_password(link, user, password=form.password.data, now=now)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to("/login", "Your new password is set. Sign in with it.")
    return render_template("auth/reset.html", form=form, email=email), form.status


@bp.route("/invitation/<token>", methods=["GET", "POST"])
@public
def accept_invitation(token: str) -> ResponseReturnValue:
    now = clock.now()
    try:
        link, user = links.find(token, LinkPurpose.INVITATION, now)
    except links.LinkRefused as refusal:
        return render_template("auth/invitation_refused.html", reason=refusal), refusal.status
    form = InvitationForm(name=user.name)
    words = {"email": user.email, "role_words": user.role_words, "until": link.expires_at}
    if form.validate_on_submit():
        try:
            actions.accept_invitation(link, user, name=form.name.data, password=form.password.data, now=now)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            open_for(user, now)
            return commit_to(path_after_sign_in(None, is_staff=user.is_staff), f"Welcome, {user.name}.")
    return render_template("auth/invitation.html", form=form, **words), form.status
