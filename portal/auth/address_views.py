"""Changing one's mail address: asked for on a page of the account, answered on pages that the two mails lead to."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth import addresses, links
from portal.auth.forms import AddressForm
from portal.auth.models import User
from portal.auth.permissions import Permission, Reach, public, requires
from portal.auth.rules import AddressEnd
from portal.auth.step_up import Decision, step_up, typed
from portal.errors import Refused
from portal.extensions import db
from portal.idempotency import commit_to, once
from portal.scope import writes_for

bp = Blueprint("address", __name__)

HERE = "/account/address"


def _decision() -> Decision:
    return Decision("Change your mail address", [("From", current_user.email), ("To", typed("address"))])


@bp.route(HERE, methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@step_up(_decision)
@once
def ask() -> ResponseReturnValue:
    form, now = AddressForm(), clock.now()
    if form.validate_on_submit():
        try:
            addresses.ask(current_user, address=form.address.data, now=now)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(HERE, "Two mails are on their way. Confirm in both, and the address changes.")
    wish = addresses.wish(current_user, now)
    return render_template("account/address.html", form=form, wish=wish), form.status


@bp.post(f"{HERE}/withdrawal")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@once
def withdraw() -> ResponseReturnValue:
    addresses.withdraw(current_user, now=clock.now())
    return commit_to(HERE, "Stopped. Your address stays as it is.")


@bp.get("/address-change/old/<token>")
@public
def show_old(token: str) -> ResponseReturnValue:
    return _show(AddressEnd.OLD, token)


@bp.get("/address-change/new/<token>")
@public
def show_new(token: str) -> ResponseReturnValue:
    return _show(AddressEnd.NEW, token)


@bp.post("/address-change/old/<token>/confirmation")
@public
def confirm_old(token: str) -> ResponseReturnValue:
    return _confirm(AddressEnd.OLD, token)


@bp.post("/address-change/new/<token>/confirmation")
@public
def confirm_new(token: str) -> ResponseReturnValue:
    return _confirm(AddressEnd.NEW, token)


@bp.post("/address-change/old/<token>/refusal")
@public
def refuse_old(token: str) -> ResponseReturnValue:
    return _refuse(AddressEnd.OLD, token)


@bp.post("/address-change/new/<token>/refusal")
@public
def refuse_new(token: str) -> ResponseReturnValue:
    return _refuse(AddressEnd.NEW, token)


def _show(end: AddressEnd, token: str) -> ResponseReturnValue:
    try:
        change, user = addresses.of_link(end, token, clock.now())
    except links.LinkRefused as refusal:
        return _opens_nothing(refusal)
    words = {"change": change, "name": user.name, "said_yes": addresses.confirmed_ends(change)}
    return render_template("account/address_link.html", end=end, here=f"/address-change/{end}/{token}", **words)


def _confirm(end: AddressEnd, token: str) -> ResponseReturnValue:
    now = clock.now()
    try:
        change, user = addresses.to_answer(end, token, now)
    except links.LinkRefused as refusal:
        return _opens_nothing(refusal)
    keep = _own_session(user)
    with writes_for(user.partner_id):
        is_done = addresses.confirm(change, user, end, now=now, keep=keep)
        db.session.commit()
    return render_template("account/address_said.html", is_done=is_done, end=end, change=change)


def _refuse(end: AddressEnd, token: str) -> ResponseReturnValue:
    now = clock.now()
    try:
        change, user = addresses.to_answer(end, token, now)
    except links.LinkRefused as refusal:
        return _opens_nothing(refusal)
    with writes_for(user.partner_id):
        addresses.refuse(change, user, end, now=now)
        db.session.commit()
    return render_template("account/address_stopped.html", end=end)


def _opens_nothing(refusal: links.LinkRefused) -> ResponseReturnValue:
    return render_template("account/address_refused.html", reason=refusal), refusal.status


def _own_session(user: User) -> str | None:
    is_oneself = current_user.is_authenticated and current_user.id == user.id
    return current_user.session_token if is_oneself else None
