"""The partner's side: ask for more time, or give the protection back."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.permissions import Permission, Reach, requires
from portal.deals.stories import queries as stories
from portal.errors import Refused
from portal.formats import local_day
from portal.forms import seen_version
from portal.idempotency import commit_to, once
from portal.protections import actions, extending
from portal.protections.forms import ExtensionForm
from portal.referrals.claim_words import Claim
from portal.referrals.queries import to_change

bp = Blueprint("protections", __name__, url_prefix="/referrals")


@bp.get("/<ref>/extension")
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
def extension(ref: str) -> ResponseReturnValue:
    to_change(current_user, ref, Permission.SUBMIT_REFERRALS)
    return _page(ref, ExtensionForm())


@bp.post("/<ref>/extension")
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
@once
def ask(ref: str) -> ResponseReturnValue:
    referral, form = to_change(current_user, ref, Permission.SUBMIT_REFERRALS), ExtensionForm()
    if form.validate_on_submit():
        told = {"happened": form.happened.data or "", "meets_on": form.meets_on.data}
        try:
            extending.ask(current_user, referral, now=clock.now(), **told)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(f"/referrals/{ref}", "Asked. Until we have answered, the protection does not end.")
    return _page(ref, form), form.status


@bp.post("/<ref>/release")
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
@once
def release(ref: str) -> ResponseReturnValue:
    referral = to_change(current_user, ref, Permission.SUBMIT_REFERRALS)
    actions.give_back(current_user, referral, seen_version=seen_version(), now=clock.now())
    return commit_to(f"/referrals/{ref}", f"{referral.company} is not protected for you any more.")


def _page(ref: str, form: ExtensionForm) -> str:
    row = stories.story(current_user, ref) or abort(404)
    claim = Claim.of(row, clock.now(), "partner")
    ends_on = local_day(claim.protection.ends_at) if claim.protection else ""
    return render_template("protections/extension.html", referral=row.Referral, claim=claim, ends_on=ends_on, form=form)
