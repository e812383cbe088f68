"""Where the links in mails lead that open an account or set a password, and where a new one is asked for."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.auth import actions, invitations, links, local_login, throttles
from portal.auth.forms import AskResetForm, InvitationForm, ResetForm
from portal.auth.permissions import public
from portal.auth.rules import LinkPurpose, path_after_sign_in
from portal.auth.sessions import sign_in
from portal.errors import Refused
from portal.extensions import db
from portal.idempotency import commit_to
from portal.scope import writes_for

bp = Blueprint("links", __name__)


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
        return render_template("auth/invitation_refused.html", reason=refusal, token=token), refusal.status
    form = InvitationForm(name=user.name)
    words = {"email": user.email, "role_words": user.role_words, "until": link.expires_at}
    if local_login.refusal(user.email, user) is not None:
        return render_template("auth/invitation_elsewhere.html", **words)
    if form.validate_on_submit():
        with writes_for(user.partner_id):
            try:
                invitations.accept(link, user, name=form.name.data, password=form.password.data, now=now)
            except Refused as refusal:
                form.refuse(refusal)
            else:
                sign_in(user, now)
                return commit_to(path_after_sign_in(None, is_staff=user.is_staff), f"Welcome, {user.name}.")
    return render_template("auth/invitation.html", form=form, **words), form.status


@bp.post("/invitation/<token>/renewal")
@public
def renew_invitation(token: str) -> ResponseReturnValue:
    """A link that opens nothing any more asks for another one, sent to where it was sent itself."""
    try:
        email = links.address_of(token, LinkPurpose.INVITATION)
    except links.LinkRefused as refusal:
        return render_template("auth/invitation_refused.html", reason=refusal), refusal.status
    _ask_for_link(email)
    return render_template("auth/invitation_asked.html")


def _ask_for_link(email: str) -> None:
    """Noted for the worker, the same for an address that nobody has."""
    now = clock.now()
    if throttles.count_reset(email, request.remote_addr or "", now):
        actions.note_link_request(email, now=now)
    db.session.commit()
