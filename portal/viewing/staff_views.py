"""Where staff begin to look on as a partner's user."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth import queries as people
from portal.auth.permissions import Permission, Reach, requires
from portal.errors import Refused
from portal.idempotency import commit_to, once
from portal.partners.queries import get_visible
from portal.viewing import actions
from portal.viewing.forms import LookForm

bp = Blueprint("staff_viewing", __name__, url_prefix="/staff/partners")


@bp.route("/<ref>/people/<person_ref>/viewing", methods=["GET", "POST"])
@requires(Permission.VIEW_AS, Reach.ANY)
@once
def start(ref: str, person_ref: str) -> ResponseReturnValue:
    partner, form = get_visible(current_user, ref), LookForm()
    user = people.get_of_partner(partner.id, person_ref)
    words = {"company": partner.name, "name": user.name, "back": f"/staff/partners/{ref}"}
    if form.validate_on_submit():
        try:
            actions.start(current_user, user, reason=form.reason.data or "", now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to("/")
    return render_template("viewing/start.html", form=form, **words), form.status
