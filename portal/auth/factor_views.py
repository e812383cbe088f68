"""Showing once more who one is."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.auth import proofs
from portal.auth.factor_forms import ProofForm
from portal.auth.permissions import Permission, Reach, requires
from portal.auth.rules import path_after_sign_in
from portal.auth.step_up import is_proven

bp = Blueprint("factors", __name__, url_prefix="/account")


@bp.route("/proof", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT, Reach.OWN)
def prove() -> ResponseReturnValue:
    """For what cannot wait inside a page: a form with a file, a file to take away. Then on to `next`."""
    form = ProofForm()
    if form.is_submitted() and is_proven(form):
        return redirect(path_after_sign_in(request.args.get("next"), is_staff=current_user.is_staff), 303)
    return render_template("auth/prove.html", form=form, ways=proofs.ways_of(current_user)), form.status
