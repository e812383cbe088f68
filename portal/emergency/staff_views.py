"""Emergency access: what was asked for, what runs, and the way to ask, confirm, refuse and end."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth import queries as people
from portal.auth.factor_rules import role_words_of
from portal.auth.permissions import Permission, Reach, requires
from portal.auth.rules import ROLE_LABEL, Role
from portal.auth.step_up import Decision, step_up, typed
from portal.emergency import actions, queries
from portal.emergency.forms import AskForm
from portal.emergency.rules import GrantState, hour_words
from portal.errors import Refused
from portal.idempotency import commit_to, once

bp = Blueprint("staff_emergency", __name__, url_prefix="/staff/people/emergency")
HERE = "/staff/people/emergency"


def asked() -> Decision:
    name = next((each.name for each in queries.colleagues() if each.ref == typed("person")), "nobody yet")
    lines = [("For", name), ("Role", role_words_of([typed("role")])), ("Hours", typed("hours"))]
    return Decision("Ask for emergency access", [*lines, ("Why", typed("reason"))])


def confirmed(ref: str) -> Decision:
    grant, name = queries.with_name(ref)
    lines = [("For", name), ("Role", ROLE_LABEL[grant.role]), ("How long", hour_words(grant.hours))]
    return Decision("Confirm this emergency access", [*lines, ("Why", grant.reason)])


@bp.get("")
@requires(Permission.SEE_EMERGENCY_ACCESS, Reach.ANY)
def index() -> ResponseReturnValue:
    found = queries.latest(clock.now())
    waiting = next((each for each in found if each.state is GrantState.ASKED), None)
    return render_template(
        "emergency/index.html",
        found=found,
        waiting=waiting,
        running=[each for each in found if each.state is GrantState.RUNNING],
        may_ask=current_user.may(Permission.ASK_EMERGENCY_ACCESS),
        may_confirm=current_user.may(Permission.CONFIRM_EMERGENCY_ACCESS),
        who=queries.who_confirms(waiting.grant.asked_by_id, waiting.grant.user_id) if waiting else "",
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.ASK_EMERGENCY_ACCESS, Reach.ANY)
@step_up(asked)
@once
def ask() -> ResponseReturnValue:
    form = AskForm()
    form.offer(queries.colleagues())
    if form.validate_on_submit():
        user = people.get_visible(current_user, form.person.data)
        told: dict[str, Any] = {"role": Role(form.role.data), "hours": int(form.hours.data)}
        try:
            actions.ask(current_user, user, **told, reason=form.reason.data or "", now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(HERE, "Asked. A second person has to confirm it; everyone concerned is told.")
    return render_template("emergency/ask.html", form=form), form.status


@bp.post("/<ref>/confirmation")
@requires(Permission.CONFIRM_EMERGENCY_ACCESS, Reach.ANY)
@step_up(confirmed)
@once
def confirm(ref: str) -> ResponseReturnValue:
    actions.confirm(current_user, queries.to_change(ref), now=clock.now())
    return commit_to(HERE, "It runs from now on, and everyone concerned is told.")


@bp.post("/<ref>/refusal")
@requires(Permission.SEE_EMERGENCY_ACCESS, Reach.ANY)
@once
def refuse(ref: str) -> ResponseReturnValue:
    actions.refuse(current_user, queries.to_change(ref), now=clock.now())
    return commit_to(HERE, "Refused. It does not begin.")


@bp.post("/<ref>/end")
@requires(Permission.SEE_QUEUE, Reach.ANY)
@once
def end(ref: str) -> ResponseReturnValue:
    actions.end(current_user, queries.to_change(ref), now=clock.now())
    return commit_to("/staff/", "The emergency access is over.")
