"""The way back to a form that could not be sent."""

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.devices import this_browser
from portal.auth.permissions import Permission, Reach, requires
from portal.auth.rules import path_after_sign_in
from portal.unsent import queries
from portal.unsent.door import opens
from portal.unsent.rules import FIELD, GONE, with_form

bp = Blueprint("unsent", __name__, url_prefix="/account")


@bp.get("/unsent")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
def go_on() -> ResponseReturnValue:
    """To the page that the form stands on, filled in. One of somebody else is told from none by nothing."""
    ref, home = request.args.get(FIELD, ""), path_after_sign_in(None, is_staff=current_user.is_staff)
    kept = queries.typed(current_user.id, this_browser(), ref, clock.now())
    if kept is None:
        flash(GONE, "note")
        return redirect(home)
    page = next(filter(opens, (kept.page, kept.to)), home)
    return redirect(with_form(path_after_sign_in(page, is_staff=current_user.is_staff), ref))
