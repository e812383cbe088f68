"""Signing in through one's own identity provider."""

from datetime import datetime

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import abort

from portal import clock
from portal.auth import throttles
from portal.auth.models import User
from portal.auth.permissions import Permission, Reach, public, requires
from portal.auth.rules import Factor, path_after_sign_in
from portal.auth.sessions import await_factor, note_proof, sign_in
from portal.errors import Refused
from portal.extensions import db
from portal.idempotency import commit_to
from portal.sso import arrivals, flow, provider, queries
from portal.sso.forms import AddressForm, CallbackForm
from portal.sso.queries import SetUp
from portal.sso.rules import Vouched, domain_of, vouched

bp = Blueprint("sso", __name__)
DECLINED = "The identity provider did not let you through: you said no there, or are not among those who may."
OTHERS = "What came back is of another identity provider than the one that you were sent to."
OFF = "This sign-in is switched off."


@bp.app_context_processor
def _offered() -> dict[str, object]:
    return {"single_sign_on": queries.is_any}


@bp.route("/login/sso", methods=["GET", "POST"])
@public
def ask() -> ResponseReturnValue:
    """Finds the provider by the address's domain. On to it goes a link: no form of ours may lead to another site."""
    if current_user.is_authenticated:
        return redirect(path_after_sign_in(None, is_staff=current_user.is_staff))
    form = AddressForm()
    if form.validate_on_submit():
        found = queries.by_address(form.email.data)
        if found is not None:
            session[flow.HINT] = form.email.data
            url = url_for(".begin", ref=found.connection.ref, next=request.args.get("next"))
            return render_template("sso/on_the_way.html", url=url, name=found.name), 200, {"Refresh": f"0; url={url}"}
        domain = domain_of(form.email.data)
        form.refuse(Refused(f"There is no single sign-on for addresses at {domain}. Use your password.", "email"))
    return render_template("sso/ask.html", form=form), form.status


@bp.get("/login/sso/<ref>")
@public
def begin(ref: str) -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(path_after_sign_in(None, is_staff=current_user.is_staff))
    found = queries.by_ref(ref) or abort(404)
    return _away(found, wanted=request.args.get("next"))


@bp.get("/account/proof/sso")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
def prove() -> ResponseReturnValue:
    """Somebody who signed in this way shows once more who they are."""
    own = queries.own(current_user) or abort(404)
    return _away(own[0], wanted=None, proves=True)


@bp.get("/account/proof/sso/done")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
def proven() -> ResponseReturnValue:
    return render_template("sso/proven.html")


@bp.get("/login/sso/callback")
@public
def callback() -> ResponseReturnValue:
    """A GET changes nothing here: what came back goes on by POST, by itself where there is script."""
    given = {name: request.args.get(name, "") for name in ("state", "code", "iss")}
    if not flow.is_ours(given["state"], clock.now()):
        if current_user.is_authenticated:
            return redirect(path_after_sign_in(None, is_staff=current_user.is_staff))
        return _failed(Refused(flow.STRAY))
    if "error" in request.args or not given["code"]:
        return _failed(Refused(DECLINED), flow.take(given["state"], clock.now()).ref)
    return render_template("sso/back.html", form=CallbackForm(formdata=None, data=given))


@bp.post("/login/sso/callback")
@public
def finish() -> ResponseReturnValue:
    form, now, ref = CallbackForm(), clock.now(), None
    try:
        under_way = flow.take(form.state.data or "", now)
        ref = under_way.ref
        if current_user.is_authenticated and not under_way.proves:
            return redirect(path_after_sign_in(None, is_staff=current_user.is_staff), 303)
        throttles.count_passkey(request.remote_addr or "", now)
        found = queries.by_ref(ref)
        db.session.commit()  # no lock is held while the provider is asked
        if found is None:
            raise Refused(OFF)
        person = _vouched_for(found, under_way, form)
        if under_way.proves:
            return _note_proof(found, person)
        user = arrivals.arrive(found.connection, person, now=now)
    except Refused as refusal:
        db.session.rollback()
        return _failed(refusal, ref)
    throttles.forgive_passkey(request.remote_addr or "", now)
    return _let_in(user, found, under_way.wanted, now)


def _let_in(user: User, found: SetUp, wanted: str | None, now: datetime) -> ResponseReturnValue:
    """Whoever has a second factor here gives it, unless their provider asks for one itself."""
    if user.factor_since is not None and not found.connection.counts_as_second_factor:
        await_factor(user, now)
        return commit_to(url_for("second_factor.give", next=wanted))
    sign_in(user, now, _factor(found))
    return commit_to(path_after_sign_in(wanted, is_staff=user.is_staff))


def _factor(found: SetUp) -> Factor:
    return Factor.SSO_STRONG if found.connection.counts_as_second_factor else Factor.SSO


def _away(found: SetUp, *, wanted: str | None, proves: bool = False) -> ResponseReturnValue:
    db.session.commit()  # nothing is held open while the provider is asked
    try:
        return redirect(flow.begin(found.connection, wanted=wanted, now=clock.now(), proves=proves))
    except Refused as refusal:
        return _failed(refusal, found.connection.ref)


def _vouched_for(found: SetUp, under_way: flow.UnderWay, form: CallbackForm) -> Vouched:
    connection, client = found.connection, flow.client_of(found.connection)
    said = provider.discover(client.issuer, local=client.local)
    if form.iss.data and form.iss.data != said.issuer:  # RFC 9207
        raise Refused(OTHERS)
    wanted = ["email", "email_verified", *([connection.group_claim] if connection.groups_by_role else [])]
    claims = provider.claims(client, said, under_way.asked, form.code.data or "", wanted=wanted)
    if under_way.proves:
        provider.check_fresh(claims, under_way.began)
    return vouched(claims, group_claim=connection.group_claim, domains=found.domains)


def _note_proof(found: SetUp, person: Vouched) -> ResponseReturnValue:
    if not current_user.is_authenticated:
        raise Refused(flow.STRAY)
    arrivals.check_same(found.connection, person, current_user.id)
    note_proof(current_user, _factor(found), clock.now())
    return commit_to(url_for(".proven"))


def _failed(refusal: Refused, ref: str | None = None) -> ResponseReturnValue:
    """Nobody is signed in, and the page says why and what to do. A form that came back has this status."""
    again = url_for(".begin", ref=ref) if ref and not current_user.is_authenticated else None
    return render_template("sso/failed.html", reason=str(refusal), again=again), 422
