"""The staff side: who asked for which company, and whose questions lead to nothing."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.auth.permissions import Permission, Reach, requires
from portal.prechecks import queries, shown
from portal.referrals.shown import address

bp = Blueprint("staff_prechecks", __name__, url_prefix="/staff/referrals/checks")


@bp.get("")
@requires(Permission.REVIEW_REFERRALS, Reach.ANY)
def index() -> ResponseReturnValue:
    wanted = request.args.get("partner")
    partner = (queries.partner_of(wanted) or abort(404)) if wanted else None
    url = address("/staff/referrals/checks", partner=partner.ref if partner else None)
    page = queries.page(partner_id=partner.id if partner else None, token=request.args.get("at"), url=url)
    return render_template(
        "prechecks/staff_index.html",
        page=page,
        rows=shown.log_rows(page.rows),
        askers=shown.askers(queries.askers(clock.now())),
        partner=partner,
    )
