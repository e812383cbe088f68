"""The partner's side: say why a decision is wrong."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.appeals import actions
from portal.appeals.forms import AppealForm
from portal.auth.permissions import Permission, Reach, requires
from portal.deals.stories import queries as stories
from portal.errors import Refused
from portal.forms import seen_version
from portal.idempotency import commit_to, once
from portal.referrals.claim_words import Claim
from portal.referrals.queries import to_change
from portal.sla.queries import promised_minutes
from portal.sla.rules import ClockKind

bp = Blueprint("appeals", __name__, url_prefix="/referrals")


@bp.get("/<ref>/appeal")
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
def new(ref: str) -> ResponseReturnValue:
    to_change(current_user, ref, Permission.SUBMIT_REFERRALS)
    return _page(ref, AppealForm())


@bp.post("/<ref>/appeal")
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
@once
def create(ref: str) -> ResponseReturnValue:
    referral, form = to_change(current_user, ref, Permission.SUBMIT_REFERRALS), AppealForm()
    if form.validate_on_submit():
        try:
            actions.appeal(current_user, referral, now=clock.now(), text=form.text.data or "")
        except Refused as refusal:
            form.refuse(refusal)
        else:
            said = "Your appeal is in. Somebody else than who decided answers it, by the time below."
            return commit_to(f"/referrals/{ref}", said)
    return _page(ref, form), form.status


@bp.post("/<ref>/appeal/withdrawal")
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
@once
def withdraw(ref: str) -> ResponseReturnValue:
    referral = to_change(current_user, ref, Permission.SUBMIT_REFERRALS)
    actions.withdraw(current_user, referral, seen_version=seen_version(), now=clock.now())
    return commit_to(f"/referrals/{ref}", "You withdrew the appeal. The decision stands.")


def _page(ref: str, form: AppealForm) -> str:
    row = stories.story(current_user, ref) or abort(404)
    claim = Claim.of(row, clock.now(), "partner")
    hours = promised_minutes(ClockKind.DECISION) // 60
    return render_template("appeals/new.html", referral=row.Referral, claim=claim, hours=hours, form=form)
