"""An expired referral is looked at once more, and sent again."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import BooleanField
from wtforms.validators import InputRequired

from portal import clock
from portal.agreements.queries import in_force
from portal.auth.permissions import Permission, Reach, requires
from portal.criteria.queries import published
from portal.criteria.reading import read
from portal.errors import Refused
from portal.formats import local_day, words
from portal.forms import SeenForm
from portal.idempotency import commit_to, once
from portal.referrals import facts, queries, renewal
from portal.referrals.claims import why_not_renewed
from portal.referrals.introduction import answers_of
from portal.referrals.rules import OUTCOME_SAYS, Status

bp = Blueprint("referral_renewal", __name__, url_prefix="/referrals")


class RenewalForm(SeenForm):
    consent = BooleanField(
        "They still agree to hear from us",
        [InputRequired("Without their consent we cannot contact them. Ask them first.")],
    )


@bp.get("/<ref>/renewal")
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
def show(ref: str) -> ResponseReturnValue:
    referral = queries.to_change(current_user, ref, Permission.SUBMIT_REFERRALS)
    return _page(ref, RenewalForm(version=referral.version))


@bp.post("/<ref>/renewal")
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
@once
def renew(ref: str) -> ResponseReturnValue:
    referral, form = queries.to_change(current_user, ref, Permission.SUBMIT_REFERRALS), RenewalForm()
    if form.validate_on_submit():
        consent = bool(form.consent.data)
        try:
            renewal.renew(current_user, referral, seen_version=form.version.data, now=clock.now(), consent=consent)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            due = words().when(referral.due_at)
            return commit_to(f"/referrals/{ref}", f"{referral.company} is with us again. You hear from us by {due}.")
    return _page(ref, form), form.status


def _page(ref: str, form: RenewalForm) -> str:
    referral = queries.to_change(current_user, ref, Permission.SUBMIT_REFERRALS)
    agreement = in_force(referral.partner_id)
    may = referral.status is Status.EXPIRED and referral.erased_at is None
    reading = read(published(), answers_of(referral, consent=True)) if may else None
    terms = queries.terms_of(referral.partner_id, referral.agreement_id)
    return render_template(
        "referrals/renewal.html",
        referral=referral,
        may=may,
        why_not=why_not_renewed(referral.status, referral.decided_at, local_day) or renewal.ERASED,
        told_us=facts.told_us(referral, terms.currency),
        reading=reading,
        says=OUTCOME_SAYS[reading.outcome] if reading else "",
        terms=agreement.terms if agreement else None,
        form=form,
    )
