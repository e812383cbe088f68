"""A draft of the criteria, tried on the referrals of the last months before anybody publishes it."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.permissions import Permission, Reach, requires
from portal.criteria.queries import Version, one
from portal.criteria.rules import OUTCOME_LABEL, Outcome
from portal.referrals.replay import queries
from portal.referrals.replay.rules import MONTHS, MOST, USUAL, replay, why
from portal.referrals.rules import LABEL, Status

bp = Blueprint("staff_replay", __name__, url_prefix="/staff/settings/criteria")


@bp.get("/<int:number>/replay")
@requires(Permission.VIEW_SETTINGS, Reach.ANY)
def show(number: int) -> ResponseReturnValue:
    version = Version(one(number), None, None)
    asked = request.args.get("months", "")
    months = int(asked) if asked in map(str, MONTHS) else USUAL
    since = clock.now() - MONTHS[months]
    rows, is_more = queries.read_since(current_user, since)
    found = replay(version.criteria, rows)
    before = queries.readings(current_user, [each.id for each in found.changed])
    return render_template(
        "criteria/replay.html",
        version=version.row,
        months=months,
        choices=MONTHS,
        since=since,
        found=found,
        most=MOST if is_more else 0,
        changed=[(each, why(each.reading, before[each.id])) for each in found.changed],
        outcomes=list(Outcome),
        labels=OUTCOME_LABEL,
        decided=[(LABEL[status], *found.decided(status)) for status in (Status.QUALIFIED, Status.DECLINED)],
        states=LABEL,
    )
