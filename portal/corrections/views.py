"""The partner's side: put right what was told, and see old and new before it is done."""

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.permissions import Permission, Reach, requires
from portal.corrections import actions, rules
from portal.criteria.queries import numbered
from portal.drafts.rules import kept
from portal.errors import Overtaken, Refused
from portal.fields.forms import with_questions
from portal.fields.queries import questions
from portal.idempotency import commit_to, once
from portal.referrals import queries
from portal.referrals.forms import CorrectionForm, countries
from portal.referrals.models import Referral
from portal.referrals.retyped import retyped
from portal.referrals.rules import OUTCOME_SAYS

bp = Blueprint("corrections", __name__, url_prefix="/referrals")


@bp.get("/<ref>/correction")
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
def show(ref: str) -> ResponseReturnValue:
    referral, currency = _own(ref)
    rules.check_open(referral.status)
    return _page(referral, _form(referral, currency))


@bp.post("/<ref>/correction/preview")
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
def compare(ref: str) -> ResponseReturnValue:
    """Old and new beside each other; nothing is changed by it."""
    referral, currency = _own(ref)
    form = _form(referral, currency)
    if not form.validate_on_submit():
        return _page(referral, form), form.status
    if form.version.data != referral.version:
        raise Overtaken
    try:
        compared = actions.compare(referral, _facts(form, referral), currency)
    except Refused as refusal:
        return _come_back(ref, form, refusal)
    names = [field.name for field in form if field.name not in ("csrf_token", "idempotency_key", "version")]
    return render_template(
        "corrections/confirm.html",
        referral=referral,
        form=form,
        compared=compared,
        typed=kept(request.form, names),
        says=OUTCOME_SAYS[compared.after.outcome],
        said=OUTCOME_SAYS[compared.before.outcome],
    )


@bp.post("/<ref>/correction")
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
@once
def correct(ref: str) -> ResponseReturnValue:
    referral = queries.to_change(current_user, ref, Permission.SUBMIT_REFERRALS)
    currency = queries.terms_of(referral.partner_id, referral.agreement_id).currency
    form = _form(referral, currency)
    if not form.validate_on_submit():
        return _page(referral, form), form.status
    told: dict[str, Any] = {"facts": _facts(form, referral), "currency": currency, "now": clock.now()}
    try:
        actions.correct(current_user, referral, seen_version=form.version.data, **told)
    except Refused as refusal:
        return _come_back(ref, form, refusal)
    return commit_to(f"/referrals/{ref}", "Corrected. Whoever reads it sees what it said before.")


def _own(ref: str) -> tuple[Referral, str]:
    """The referral, where the person may correct it, and the currency of its agreement; else 404."""
    referral = queries.one(current_user, ref)
    if not queries.may_change(current_user, referral, Permission.SUBMIT_REFERRALS):
        abort(404)
    return referral, queries.terms_of(referral.partner_id, referral.agreement_id).currency


def _form(referral: Referral, currency: str) -> CorrectionForm:
    asked = questions()
    form_class: type[CorrectionForm] = with_questions(CorrectionForm, asked)
    form = form_class(data={**retyped(referral, currency, asked), "version": referral.version})
    form.country.choices = countries(numbered(referral.criteria_number).territories)
    form.expected.currency = currency
    return form


def _facts(form: CorrectionForm, referral: Referral) -> dict[str, Any]:
    facts = form.facts()
    asked = [each.ref for each in form.questions]
    return {**facts, "more_answers": rules.kept_answers(referral.more_answers, facts["more_answers"], asked)}


def _page(referral: Referral, form: CorrectionForm) -> str:
    return render_template("corrections/edit.html", referral=referral, form=form)


def _come_back(ref: str, form: CorrectionForm, refusal: Refused) -> ResponseReturnValue:
    """The form with the refusal in it; one who was overtaken looks again first."""
    if isinstance(refusal, Overtaken):
        raise refusal
    form.refuse(refusal)
    return _page(queries.one(current_user, ref), form), 422
