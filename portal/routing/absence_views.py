"""Away from work: one's own days, noted under the account, or a colleague's, by whoever manages people."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth import queries as auth
from portal.auth.models import User
from portal.auth.permissions import Permission, Reach, requires
from portal.errors import Refused
from portal.idempotency import commit_to, once
from portal.routing import actions, queries
from portal.routing.forms import AbsenceForm
from portal.sla.queries import today_of

OWN = "/account/absence"

bp = Blueprint("absence", __name__)


@bp.get(OWN)
@requires(Permission.KEEP_TASKS, Reach.OWN)
def show() -> ResponseReturnValue:
    return _page(current_user, OWN)


@bp.post(OWN)
@requires(Permission.KEEP_TASKS, Reach.OWN)
@once
def note() -> ResponseReturnValue:
    return _note(current_user, OWN, "Noted. Your stand-in takes over on the first day.")


@bp.post("/account/absence/<ref>/end")
@requires(Permission.KEEP_TASKS, Reach.OWN)
@once
def end(ref: str) -> ResponseReturnValue:
    actions.end_absence(current_user, current_user, queries.absence(current_user.id, ref), now=clock.now())
    return commit_to(OWN, "Ended. New work comes to you again.")


@bp.get("/staff/people/<ref>/absence")
@requires(Permission.MANAGE_PEOPLE, Reach.ANY)
def show_of(ref: str) -> ResponseReturnValue:
    return _page(_colleague(ref), f"/staff/people/{ref}/absence")


@bp.post("/staff/people/<ref>/absence")
@requires(Permission.MANAGE_PEOPLE, Reach.ANY)
@once
def note_of(ref: str) -> ResponseReturnValue:
    user = _colleague(ref)
    return _note(user, f"/staff/people/{ref}/absence", f"Noted for {user.name}.")


@bp.post("/staff/people/<ref>/absence/end")
@requires(Permission.MANAGE_PEOPLE, Reach.ANY)
@once
def end_of(ref: str) -> ResponseReturnValue:
    """Whatever runs or comes: a person is back."""
    user, now = _colleague(ref), clock.now()
    for each in queries.absences(user.id, today_of(now)):
        actions.end_absence(current_user, user, queries.absence(user.id, each.ref), now=now)
    return commit_to(f"/staff/people/{ref}/absence", f"New work comes to {user.name} again.")


def _colleague(ref: str) -> User:
    user = auth.get_visible(current_user, ref)
    return user if user.is_staff else abort(404)


def _note(user: User, url: str, sentence: str) -> ResponseReturnValue:
    form, colleagues, ref = AbsenceForm(), queries.colleagues(user.id), user.ref
    form.offer(colleagues)
    if form.validate_on_submit() and form.from_on.data and form.until_on.data:
        stand_in_id = next((each.id for each in colleagues if each.ref == form.stand_in.data), None)
        days = {"from_on": form.from_on.data, "until_on": form.until_on.data}
        try:
            actions.note_absence(current_user, user, now=clock.now(), stand_in_id=stand_in_id, **days)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(url, sentence)
    return _page(user if url == OWN else _colleague(ref), url, form), form.status  # a refusal let go of the row


def _page(user: User, url: str, form: AbsenceForm | None = None) -> str:
    today = today_of(clock.now())
    if form is None:
        form = AbsenceForm(formdata=None, from_on=today)
        form.offer(queries.colleagues(user.id))
    return render_template(
        "routing/absence.html",
        person=user,
        is_own=user.id == current_user.id,
        url=url,
        form=form,
        absences=queries.absences(user.id, today),
        today=today,
    )
