"""A partner's copy of its referrals, as they are narrowed in the list."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.auth.permissions import Permission, Reach, requires
from portal.exports import rows
from portal.exports.pages import asked, handed_out
from portal.formats import reader_zone
from portal.referrals import filtering

bp = Blueprint("exports", __name__)


@bp.post("/referrals/export")
@requires(Permission.VIEW_REFERRALS, Reach.OWN)
def own_referrals() -> ResponseReturnValue:
    chosen = filtering.partner_choice(current_user, asked())
    wanted, _ = filtering.wanted(current_user, chosen)
    found = rows.own_referrals(current_user, wanted, reader_zone())
    return handed_out("referrals", chosen, rows.OWN_REFERRALS, found)
