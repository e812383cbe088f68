from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.permissions import Permission, Reach, requires
from portal.deals.history import queries
from portal.deals.history.rules import DAYS, told
from portal.referrals.queries import one

bp = Blueprint("staff_history", __name__, url_prefix="/staff/referrals")


@bp.get("/<ref>/history")
@requires(Permission.REVIEW_REFERRALS, Reach.ANY)
def show(ref: str) -> ResponseReturnValue:
    """How the referrals of its partner went lately: a part of the page of the referral, or a page where it is opened
    by itself."""
    referral = one(current_user, ref)
    whole = "text/html" in request.headers.get("Accept", "")
    return render_template(
        "deals/history.html" if whole else "deals/_history.html",
        referral=referral,
        pairs=told(queries.lately(current_user, referral.partner_id, clock.now())),
        days=DAYS,
    )
