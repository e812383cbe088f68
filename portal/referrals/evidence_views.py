"""Proof of an introduction, on both sides: adding some, and taking a file away."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock, storage
from portal.auth.permissions import Permission, Reach, requires
from portal.downloads import attachment
from portal.errors import Refused
from portal.evidence.actions import introduced
from portal.evidence.files import EXTENSIONS
from portal.evidence.forms import ProofForm, takes_files
from portal.evidence.queries import piece as piece_of
from portal.idempotency import commit_to, once
from portal.referrals import proofs, queries
from portal.referrals.models import Referral

bp = Blueprint("referral_evidence", __name__, url_prefix="/referrals")
staff = Blueprint("staff_referral_evidence", __name__, url_prefix="/staff/referrals")
for each in (bp, staff):
    each.url_value_preprocessor(lambda _endpoint, _values: takes_files())


@bp.route("/<ref>/evidence", methods=["GET", "POST"])
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
@once
def add(ref: str) -> ResponseReturnValue:
    referral = queries.to_change(current_user, ref, Permission.SUBMIT_REFERRALS)
    proofs.check_may_add(referral, clock.now())
    return _add(referral, "partner", f"/referrals/{ref}")


@staff.route("/<ref>/evidence", methods=["GET", "POST"])
@requires(Permission.ENTER_REFERRALS, Reach.ANY)
@once
def add_for_partner(ref: str) -> ResponseReturnValue:
    referral = queries.to_change(current_user, ref, Permission.ENTER_REFERRALS)
    return _add(referral, "staff", f"/staff/referrals/{ref}")


@bp.get("/<ref>/evidence/<piece_ref>")
@requires(Permission.VIEW_REFERRALS, Reach.OWN)
def file(ref: str, piece_ref: str) -> ResponseReturnValue:
    return _file(ref, piece_ref)


@staff.get("/<ref>/evidence/<piece_ref>")
@requires(Permission.REVIEW_REFERRALS, Reach.ANY)
def file_for_staff(ref: str, piece_ref: str) -> ResponseReturnValue:
    return _file(ref, piece_ref)


def _add(referral: Referral, side: str, back: str) -> ResponseReturnValue:
    form, about = ProofForm(), introduced(referral)
    if form.is_submitted():
        if form.validate():
            try:
                grade = form.add_to(about)
            except Refused as refusal:
                form.refuse(refusal)
            else:
                return commit_to(f"{back}#evidence", f"The proof is added. The introduction counts as {grade}.")
        form.keep_files()
    told = {"ref": about.ref, "company": about.company}
    return render_template("referrals/evidence.html", form=form, side=side, back=back, referral=told), form.status


def _file(ref: str, piece_ref: str) -> Response:
    referral = queries.one(current_user, ref)
    found = piece_of(referral.partner_id, referral.id, piece_ref)
    return attachment(storage.get(found.sha256 or ""), f"{found.ref}.{EXTENSIONS[found.media_type]}", found.media_type)
