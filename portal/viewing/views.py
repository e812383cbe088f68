"""The way back from looking on. It is asked for as the partner's user, so it is a page of everyone."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.permissions import Permission, Reach, requires
from portal.idempotency import commit_to, once
from portal.partners.queries import own
from portal.viewing import actions

bp = Blueprint("viewing", __name__, url_prefix="/viewing")


@bp.post("/end")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@once
def stop() -> ResponseReturnValue:
    if current_user.viewer is None:  # it was over by itself
        return commit_to("/")
    partner = own(current_user)
    actions.stop(current_user.viewer, current_user, now=clock.now())
    return commit_to(f"/staff/partners/{partner.ref}", "You see the portal as yourself again.")
