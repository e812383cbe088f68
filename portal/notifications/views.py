"""How soon each kind of message is sent to the person who is signed in."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.auth.permissions import Permission, Reach, requires
from portal.idempotency import commit_to, once
from portal.notifications import actions
from portal.notifications.forms import mails_form
from portal.notifications.paces import FIXED

bp = Blueprint("mails", __name__, url_prefix="/account/mails")


@bp.route("", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@once
def show() -> ResponseReturnValue:
    form = mails_form(current_user.mails, is_staff=current_user.is_staff)
    if form.validate_on_submit():
        actions.choose_mails(current_user, form.chosen)
        return commit_to("/account/mails", "Saved. What is sent from now on keeps to it.")
    return render_template("account/mails.html", form=form, fixed=FIXED), form.status
