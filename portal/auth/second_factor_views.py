"""What comes after the password, and what comes instead of it."""

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth import local_login, passkeys, proofs, sessions, throttles
from portal.auth.challenges import Purpose
from portal.auth.factor_forms import PasskeySignInForm, ProofForm
from portal.auth.forms import SignInForm
from portal.auth.models import User
from portal.auth.permissions import public
from portal.auth.rules import Factor, path_after_sign_in
from portal.errors import Refused, TooManyTries
from portal.extensions import db
from portal.idempotency import commit_to

bp = Blueprint("second_factor", __name__, url_prefix="/login")
AGAIN = "Please sign in again: the second step has to follow within ten minutes."


@bp.route("/second-factor", methods=["GET", "POST"])
@public
def give() -> ResponseReturnValue:
    now = clock.now()
    user = sessions.awaited(now)
    if user is None:
        return _to_sign_in()
    form, ways = ProofForm(), proofs.ways_of(user)
    form.call_code(ways.code_label)
    if form.is_submitted() and form.validate():
        address = request.remote_addr or ""
        try:
            factor = proofs.second_factor(user, form.answers(), address=address, now=now)
        except TooManyTries:
            sessions.end_awaited(now)
            db.session.commit()
            raise
        except Refused as refusal:
            form.refuse(refusal)
        else:
            sessions.end_awaited(now)
            return _signed_in(user, factor)
    return render_template("auth/second_factor.html", form=form, ways=ways), form.status


@bp.get("/second-factor/passkey")
@public
def options_for_second_factor() -> ResponseReturnValue:
    now = clock.now()
    user = sessions.awaited(now) or abort(404)
    return as_json(passkeys.options_to_answer(Purpose.SECOND_FACTOR, user, now))


@bp.get("/passkey")
@public
def options_for_sign_in() -> ResponseReturnValue:
    return as_json(passkeys.options_to_answer(Purpose.SIGN_IN, None, clock.now()))


@bp.post("/passkey")
@public
def with_passkey() -> ResponseReturnValue:
    """A passkey that has seen its owner's finger, face or PIN is both factors at once."""
    if current_user.is_authenticated:
        return redirect(path_after_sign_in(None, is_staff=current_user.is_staff), 303)
    form, now = PasskeySignInForm(), clock.now()
    throttles.count_passkey(request.remote_addr or "", now)
    db.session.commit()
    try:
        user = passkeys.accept(Purpose.SIGN_IN, form.passkey.data or "", None, now=now)
    except passkeys.Doubted as doubt:
        db.session.commit()
        form.refuse(doubt)
    except Refused as refusal:
        form.refuse(refusal)
    else:
        throttles.forgive_passkey(request.remote_addr or "", now)
        if (instead := local_login.refusal(user.email, user)) is None:
            return _signed_in(user, Factor.PASSKEY)
        form.refuse(Refused(instead))
    page = SignInForm(formdata=None)
    page.form_errors.extend(form.form_errors)
    return render_template("auth/sign_in.html", form=page, takes_passkeys=True), 422


def as_json(text: str) -> Response:
    return Response(text, mimetype="application/json")


def _signed_in(user: User, factor: Factor) -> ResponseReturnValue:
    sessions.sign_in(user, clock.now(), factor)
    return commit_to(path_after_sign_in(request.args.get("next"), is_staff=user.is_staff))


def _to_sign_in() -> ResponseReturnValue:
    return commit_to(url_for("auth.sign_in", next=request.args.get("next")), AGAIN)
