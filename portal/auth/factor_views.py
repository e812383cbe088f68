"""One's own second factors: an authenticator app, passkeys, recovery codes."""

from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from portal import clock
from portal.auth import decisions, factors, passkeys, proofs, recovery, totp
from portal.auth.challenges import Purpose
from portal.auth.door import is_needed, is_proven_enough
from portal.auth.factor_forms import AppForm, PasskeyForm, PasskeyNameForm, ProofForm
from portal.auth.permissions import Permission, Reach, requires
from portal.auth.rules import Factor, path_after_sign_in
from portal.auth.second_factor_views import as_json
from portal.auth.sessions import note_proof
from portal.auth.step_up import is_proven, step_up
from portal.errors import Refused
from portal.idempotency import commit_to, once
from portal.later import later
from portal.program import the_program

if TYPE_CHECKING:
    import segno
else:
    segno = later("segno")

bp = Blueprint("factors", __name__, url_prefix="/account")
URL = "/account/factors"


@bp.get("/factors")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
def show() -> ResponseReturnValue:
    return _page(PasskeyForm())


@bp.post("/factors/app")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@step_up(decisions.app)
@once
def begin_app() -> ResponseReturnValue:
    totp.begin(current_user, now=clock.now())
    return commit_to(f"{URL}/app")


@bp.get("/factors/app")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
def show_app() -> ResponseReturnValue:
    return _app_page(AppForm())


@bp.post("/factors/app/confirmation")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@step_up(decisions.app)
@once
def confirm_app() -> ResponseReturnValue:
    form, now = AppForm(), clock.now()
    if form.validate_on_submit():
        try:
            totp.confirm(current_user, form.code.data, now=now)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            note_proof(current_user, Factor.TOTP, now)
            return _added("The authenticator app counts from now on.")
    return _app_page(form)


@bp.post("/factors/app/removal")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@step_up(decisions.app_removal)
@once
def remove_app() -> ResponseReturnValue:
    totp.remove(current_user, last_stays=_last_stays(), now=clock.now())
    return commit_to(URL, "The authenticator app is removed. Every other browser was signed out.")


@bp.post("/factors/recovery-codes")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@step_up(decisions.recovery_codes)
@once
def renew_recovery_codes() -> ResponseReturnValue:
    return _new_codes()


@bp.get("/factors/passkeys/options")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
def options_for_passkey() -> ResponseReturnValue:
    program = the_program()
    name = program.name if program else "Partner portal"
    return as_json(passkeys.options_to_register(current_user, name, clock.now()))


@bp.post("/factors/passkeys")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@step_up(decisions.passkey)
@once
def add_passkey() -> ResponseReturnValue:
    form, now = PasskeyForm(), clock.now()
    if form.validate_on_submit():
        try:
            passkeys.add(current_user, name=form.name.data, answer=form.answer.data or "", now=now)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            note_proof(current_user, Factor.PASSKEY, now)
            return _added(f"{form.name.data} can sign you in from now on.")
    return _page(form)


@bp.route("/factors/passkeys/<ref>", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@once
def name_passkey(ref: str) -> ResponseReturnValue:
    passkey = passkeys.get(current_user, ref)
    form = PasskeyNameForm(obj=passkey)
    if form.validate_on_submit():
        passkeys.rename(current_user, ref, name=form.name.data)
        return commit_to(URL, "Saved.")
    return render_template("account/passkey.html", form=form, passkey=passkey), form.status


@bp.post("/factors/passkeys/<ref>/removal")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@step_up(decisions.passkey_removal)
@once
def remove_passkey(ref: str) -> ResponseReturnValue:
    passkeys.remove(current_user, ref, last_stays=_last_stays(), now=clock.now())
    return commit_to(URL, "The passkey is removed here. Delete it in your device or password manager too.")


@bp.route("/proof", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT, Reach.OWN)
def prove() -> ResponseReturnValue:
    """For what cannot wait inside a page: a form with a file, a file to take away. Then on to `next`."""
    form = ProofForm()
    if form.is_submitted() and is_proven(form):
        return redirect(path_after_sign_in(request.args.get("next"), is_staff=current_user.is_staff), 303)
    ways = proofs.ways_of(current_user)
    form.call_code(ways.code_label)
    return render_template("auth/prove.html", form=form, ways=ways), form.status


@bp.get("/proof/passkey")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
def options_for_proof() -> ResponseReturnValue:
    return as_json(passkeys.options_to_answer(Purpose.PROOF, current_user, clock.now()))


def _last_stays() -> str:
    """Why the last factor of the person of this request has to stay, or nothing."""
    if is_needed(current_user):
        return "You need a second factor for what you do here. Add another one first, then remove this."
    if not proofs.can_do_without(current_user):
        return "This is your only way in. Ask for a password on the sign-in page first, or add another passkey."
    return ""


def _page(form: PasskeyForm) -> ResponseReturnValue:
    has = factors.of(current_user)
    return render_template(
        "account/factors.html",
        form=form,
        has=has,
        is_short=has.count > 0 and has.codes_left <= recovery.FEW,
        is_needed=is_needed(current_user),
        waits=not is_proven_enough(current_user),
        place=passkeys.place(),
    ), form.status


def _app_page(form: AppForm) -> ResponseReturnValue:
    row = totp.begun(current_user)
    if row is None:
        return redirect(url_for(".show"), 303)
    program = the_program()
    address = totp.address_of(current_user, row, program.name if program else "Partner portal")
    secret = totp.secret_of(current_user, row)
    return render_template(
        "account/factors_app.html",
        form=form,
        address=address,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        picture=Markup(segno.make(address, error="m").svg_inline(omitsize=True, border=2, dark="#000", light="#fff")),  # noqa: S704 (drawn from modules, no text of anybody's in it)
    ), form.status


def _added(sentence: str) -> ResponseReturnValue:
    """With the first factor come recovery codes."""
    if factors.of(current_user).codes_left:
        return commit_to(URL, sentence)
    return _new_codes(sentence)


def _new_codes(sentence: str = "") -> ResponseReturnValue:
    codes = recovery.renew(current_user, now=clock.now())
    commit_to(URL)  # the codes are shown with this answer and never again; a repeat of the form leads to the list
    program = the_program()
    text = f"Recovery codes of {current_user.email} for {program.name if program else 'the partner portal'}\n"
    file = "data:text/plain;charset=utf-8," + quote(text + "Each works once.\n\n" + "\n".join(codes) + "\n")
    return render_template("account/factors_codes.html", codes=codes, file=file, sentence=sentence)
