"""The staff side: a request for an extension is decided, a protection revoked."""

from typing import Any

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.permissions import Permission, Reach, requires
from portal.deals.stories import queries as stories
from portal.errors import Refused
from portal.formats import day_words, when_words
from portal.forms import SeenForm
from portal.idempotency import commit_to, once
from portal.protections import actions, extending, queries
from portal.protections.forms import ExtensionDecisionForm, RevocationForm
from portal.referrals.claim_words import Claim
from portal.referrals.queries import to_change

bp = Blueprint("staff_protections", __name__, url_prefix="/staff/referrals")


@bp.get("/<ref>/extension")
@requires(Permission.REVIEW_REFERRALS, Reach.ANY)
def extension(ref: str) -> ResponseReturnValue:
    row = _row(ref)
    return _extension(row, ExtensionDecisionForm(version=row.Extension.version if row.Extension else 0))


@bp.post("/<ref>/extension")
@requires(Permission.DECIDE_CLAIMS, Reach.ANY)
@once
def decide(ref: str) -> ResponseReturnValue:
    referral, form = to_change(current_user, ref, Permission.DECIDE_CLAIMS), ExtensionDecisionForm()
    if form.validate_on_submit():
        act = extending.grant if form.decision.data == "grant" else extending.refuse
        reason = form.reason.data or ""
        try:
            act(current_user, referral, seen_version=form.version.data, now=clock.now(), reason=reason)
        except Refused as refusal:
            if refusal.field is None:
                raise
            form.refuse(refusal)
        else:
            return commit_to(f"/staff/referrals/{ref}", "Decided. The partner reads it, with your reason.")
    return _extension(_row(ref), form), form.status


@bp.get("/<ref>/revocation")
@requires(Permission.DECIDE_CLAIMS, Reach.ANY)
def revocation(ref: str) -> ResponseReturnValue:
    row = _row(ref)
    return _revocation(row, RevocationForm(version=row.Protection.version if row.Protection else 0))


@bp.post("/<ref>/revocation")
@requires(Permission.DECIDE_CLAIMS, Reach.ANY)
@once
def revoke(ref: str) -> ResponseReturnValue:
    referral, form = to_change(current_user, ref, Permission.DECIDE_CLAIMS), RevocationForm()
    if not form.validate_on_submit():
        return _revocation(_row(ref), form), form.status
    told: dict[str, Any] = {"seen_version": form.version.data, "reason": form.reason.data or ""}
    actions.revoke(current_user, referral, now=clock.now(), **told)
    return commit_to(f"/staff/referrals/{ref}", "Revoked. The partner reads why, and may appeal.")


def _row(ref: str) -> Any:
    return stories.story(current_user, ref) or abort(404)


def _extension(row: Any, form: SeenForm) -> str:
    claim, asked = Claim.of(row, clock.now(), "staff"), row.Extension
    facts = []
    if asked is not None:
        meets = [("Next meeting", day_words(asked.meets_on))] if asked.meets_on else []
        due = queries.due_at(asked)
        facts = [
            ("Asked", when_words(asked.asked_at)),
            ("What happened since", asked.happened),
            *meets,
            ("It would be longer", f"by {asked.days} days"),
            *([("Answer promised", f"by {when_words(due)}")] if claim.is_asked else []),
        ]
    return render_template(
        "protections/staff_extension.html",
        referral=row.Referral,
        partner=row.partner,
        claim=claim,
        asked=facts,
        form=form,
        may=claim.is_asked
        and current_user.may(Permission.DECIDE_CLAIMS)
        and row.Referral.entered_by_id != current_user.id,
    )


def _revocation(row: Any, form: SeenForm) -> str:
    claim = Claim.of(row, clock.now(), "staff")
    return render_template(
        "protections/revocation.html", referral=row.Referral, partner=row.partner, claim=claim, form=form
    )
