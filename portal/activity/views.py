"""A person's own activity: what they did, what happened to their account, and where they signed in."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.activity import record
from portal.activity.rules import Wanted
from portal.auth.permissions import Permission, Reach, requires

bp = Blueprint("own_activity", __name__, url_prefix="/account")


@bp.get("/activity")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
def own() -> ResponseReturnValue:
    token = request.args.get("at")
    wanted = Wanted(person=(current_user.id, current_user.ref))
    lines, page = record.page(current_user, wanted, token=token, url=lambda at: f"?at={at}" if at else "?")
    return render_template(
        "activity/own.html",
        lines=lines,
        page=page,
        sign_ins=None if page.previous_url else record.sign_ins(current_user),
        most_sign_ins=record.MOST_SIGN_INS,
    )
