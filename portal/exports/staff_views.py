"""Copies of the lists of referrals and deals, as staff have narrowed them."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.auth.permissions import Permission, Reach, requires
from portal.deals import filters, queries
from portal.exports import rows
from portal.exports.pages import asked, handed_out
from portal.formats import local_now, reader_zone
from portal.referrals import filtering

bp = Blueprint("staff_exports", __name__, url_prefix="/staff")


@bp.post("/referrals/export")
@requires(Permission.REVIEW_REFERRALS, Reach.ANY)
def referrals() -> ResponseReturnValue:
    owners = queries.owners(current_user)
    chosen = filtering.staff_choice(current_user, asked(), owners)
    owned = [each.id for each in owners if each.ref in chosen["owner"]]
    wanted, _ = filtering.wanted(current_user, chosen, others=[queries.of_owners(owned)] if owned else [])
    found = rows.all_referrals(current_user, wanted, reader_zone())
    return handed_out("referrals", chosen, rows.REFERRALS, found)


@bp.post("/deals/export")
@requires(Permission.VIEW_DEALS, Reach.ANY)
def deals() -> ResponseReturnValue:
    owners = queries.owners(current_user)
    chosen = filters.choice(current_user, asked(), owners)
    wanted, _ = filters.wanted(current_user, chosen, owners, local_now().date())
    return handed_out("deals", chosen, rows.DEALS, rows.all_deals(current_user, wanted, reader_zone()))
