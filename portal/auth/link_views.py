"""Where the links in mails lead that open an account or set a password, and where a new one is asked for."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.auth import actions, invitations, links, local_login, passkeys, throttles
from portal.auth.forms import AskResetForm, InvitationForm, ResetForm
from portal.auth.models import AccountLink, User
from portal.auth.permissions import public
from portal.auth.rules import Factor, LinkPurpose, path_after_sign_in
from portal.auth.sessions import sign_in
from portal.errors import Refused
from portal.extensions import db
from portal.idempotency import commit_to
from portal.program import the_program
from portal.scope import writes_for

bp = Blueprint("links", __name__)

FIRST_PASSKEY = "First passkey"


@bp.route("/password-reset", methods=["GET", "POST"])
@public
def ask_reset() -> ResponseReturnValue:
    form = AskResetForm()
    if form.validate_on_submit():
        _ask_for_link(form.email.data)
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
        with writes_for(user.partner_id):
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
        return _invitation_refused(refusal, token)
    form = InvitationForm(name=user.name)
    invited = _Invited.by(link, user, token)
    if invited.instead is None and form.validate_on_submit():
        with writes_for(user.partner_id):
            try:
                invitations.accept(link, user, name=form.name.data, password=form.password.data, now=now)
            except Refused as refusal:
                form.refuse(refusal)
            else:
                return _welcome(user, Factor.PASSWORD)
    return render_template("auth/invitation.html", form=form, invited=invited), form.status


@bp.get("/invitation/<token>/passkey")
@public
def options_for_passkey(token: str) -> ResponseReturnValue:
    """What the browser is asked to make, for a passkey instead of a password."""
    now = clock.now()
    try:
        _, user = links.find(token, LinkPurpose.INVITATION, now)
    except links.LinkRefused:
        abort(404)
    program = the_program()
    name = program.name if program else "Partner portal"
    return Response(passkeys.options_to_register(user, name, now, alone=True), mimetype="application/json")


@bp.post("/invitation/<token>/passkey")
@public
def accept_with_passkey(token: str) -> ResponseReturnValue:
    now = clock.now()
    try:
        link, user = links.find(token, LinkPurpose.INVITATION, now)
    except links.LinkRefused as refusal:
        return _invitation_refused(refusal, token)
    invited, answer = _Invited.by(link, user, token), request.form.get("answer", "")
    form = InvitationForm(formdata=None, name=user.name)
    if not invited.takes_passkeys:
        abort(404)
    with writes_for(user.partner_id):
        try:
            passkeys.add(user, name=FIRST_PASSKEY, answer=answer, now=now, alone=True)
            invitations.accept(link, user, name=user.name, now=now)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _welcome(user, Factor.PASSKEY)
    return render_template("auth/invitation.html", form=form, invited=invited), 422


@bp.post("/invitation/<token>/renewal")
@public
def renew_invitation(token: str) -> ResponseReturnValue:
    """A link that opens nothing any more asks for another one, sent to where it was sent itself."""
    try:
        email = links.address_of(token, LinkPurpose.INVITATION)
    except links.LinkRefused as refusal:
        return _invitation_refused(refusal, None)
    _ask_for_link(email)
    return render_template("auth/invitation_asked.html")


@dataclass(frozen=True)
class _Invited:
    """What the page of an invitation says, kept for when a form comes back and the rows are let go."""

    token: str
    email: str
    role_words: str
    until: datetime
    instead: str | None
    """How whoever may sign in through their company only comes in."""
    takes_passkeys: bool

    @classmethod
    def by(cls, link: AccountLink, user: User, token: str) -> "_Invited":
        instead = local_login.refusal(user.email, user)
        takes_passkeys = instead is None and bool(user.name) and passkeys.place() is not None
        return cls(token, user.email, user.role_words, link.expires_at, instead, takes_passkeys)


def _invitation_refused(refusal: links.LinkRefused, token: str | None) -> ResponseReturnValue:
    return render_template("auth/invitation_refused.html", reason=refusal, token=token), refusal.status


def _welcome(user: User, factor: Factor) -> ResponseReturnValue:
    sign_in(user, clock.now(), factor)
    return commit_to(path_after_sign_in(None, is_staff=user.is_staff), f"Welcome, {user.name}.")


def _ask_for_link(email: str) -> None:
    """Noted for the worker, the same for an address that nobody has."""
    now = clock.now()
    if throttles.count_reset(email, request.remote_addr or "", now):
        actions.note_link_request(email, now=now)
    db.session.commit()
