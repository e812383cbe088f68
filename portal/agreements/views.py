"""The partner's side: read the agreement, sign it, take the PDF away."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.agreements import actions, decisions, queries
from portal.agreements.forms import ReasonForm, SignForm
from portal.agreements.papers import handed_out
from portal.agreements.rules import AWAITS_SIGNATURE, INTENT_TEXT, PARTNER_LABEL, TONE, AgreementState
from portal.agreements.terms import Terms
from portal.auth.holders import holders, names
from portal.auth.permissions import Permission, Reach, requires
from portal.auth.step_up import step_up
from portal.errors import Refused
from portal.formats import local_now
from portal.idempotency import commit_to, once
from portal.markdown import render

bp = Blueprint("agreements", __name__, url_prefix="/agreements")


@bp.get("/")
@requires(Permission.VIEW_AGREEMENTS, Reach.COMPANY)
def index() -> ResponseReturnValue:
    found = queries.of_company(current_user)
    waiting = next((each for each in found if each.state in AWAITS_SIGNATURE), None)
    return render_template("agreements/index.html", found=found, waiting=waiting, labels=PARTNER_LABEL, tones=TONE)


@bp.get("/<ref>")
@requires(Permission.VIEW_AGREEMENTS, Reach.COMPANY)
def show(ref: str) -> ResponseReturnValue:
    return _page(ref)


@bp.post("/<ref>/reading")
@requires(Permission.VIEW_AGREEMENTS, Reach.COMPANY)
@once
def read(ref: str) -> ResponseReturnValue:
    actions.view(current_user, queries.agreement(current_user, ref), now=clock.now())
    return commit_to(f"/agreements/{ref}#text")


@bp.post("/<ref>/signature")
@requires(Permission.SIGN_AGREEMENTS, Reach.COMPANY)
@step_up(decisions.signature)
@once
def sign(ref: str) -> ResponseReturnValue:
    agreement = queries.agreement(current_user, ref)
    form = SignForm.of(queries.party(agreement.partner_id).legal_name)
    if form.validate_on_submit():
        try:
            actions.sign(
                current_user,
                agreement,
                seen_version=form.version.data,
                typed_name=form.typed_name.data,
                consent=form.consent.data,
                authority=form.authority.data,
                address=request.remote_addr or "",
                user_agent=request.user_agent.string,
                factor=current_user.factor,
                now=clock.now(),
            )
        except Refused as refusal:
            if refusal.field is None:
                raise
            form.refuse(refusal)
        else:
            return commit_to(f"/agreements/{ref}", "Signed, and in force from now on. Your first referral can follow.")
    return _page(ref, form), form.status


@bp.route("/<ref>/refusal", methods=["GET", "POST"])
@requires(Permission.SIGN_AGREEMENTS, Reach.COMPANY)
@once
def decline(ref: str) -> ResponseReturnValue:
    agreement, form = queries.agreement(current_user, ref), ReasonForm()
    if agreement.state not in AWAITS_SIGNATURE:
        raise Refused(f"This agreement is {PARTNER_LABEL[agreement.state].lower()}; there is nothing to decline.")
    if form.validate_on_submit():
        actions.decline(current_user, agreement, reason=form.reason.data, now=clock.now())
        return commit_to(f"/agreements/{ref}", "You declined. We read your reason and come back to you.")
    return render_template("agreements/decline.html", agreement=agreement, form=form), form.status


@bp.get("/<ref>.pdf")
@requires(Permission.VIEW_AGREEMENTS, Reach.COMPANY)
def pdf(ref: str) -> ResponseReturnValue:
    return handed_out(queries.agreement(current_user, ref), layout="layouts/partner.html")


def _page(ref: str, form: SignForm | None = None) -> str:
    row = queries.with_its_parts(current_user, ref) or abort(404)
    agreement, partner = row.Agreement, row.Partner
    waits, signs = agreement.state in AWAITS_SIGNATURE, current_user.may(Permission.SIGN_AGREEMENTS)
    others = holders(Permission.SIGN_AGREEMENTS, partner_id=partner.id) if waits and not signs else []
    if not (waits and signs):
        form = None
    elif form is None:
        form = SignForm.of(partner.legal_name, version=agreement.version, typed_name=current_user.name)
    return render_template(
        "agreements/show.html",
        agreement=agreement,
        partner=partner,
        terms=Terms.from_data(agreement.terms),
        text=render(agreement.body),
        closed=agreement.state is AgreementState.SENT and not (form and form.errors),
        intent=INTENT_TEXT,
        waits=waits,
        signs=signs,
        who=names(others) if others else "",
        signatures=queries.signatures(agreement) if agreement.in_force_at else (),
        late=waits and agreement.sign_by < local_now().date(),
        form=form,
        label=PARTNER_LABEL[agreement.state],
        tone=TONE[agreement.state],
    )
