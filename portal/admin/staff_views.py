"""What belongs to no feature: settings, the record of events, the health of jobs."""

from flask import Blueprint, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.activity.queries import record
from portal.admin import actions, queries
from portal.admin.forms import ProgramForm, PromisesForm
from portal.admin.rules import DAYS, hours_words, read_holidays, read_hours
from portal.admin.specimens import specimens
from portal.auth.permissions import Permission, requires
from portal.errors import Refused
from portal.idempotency import commit_to, once
from portal.program import the_program
from portal.sla.rules import ClockKind

bp = Blueprint("staff_admin", __name__, url_prefix="/staff")
HOURS = {"first_answer": ClockKind.FIRST_ANSWER, "first_contact": ClockKind.FIRST_CONTACT}


@bp.get("/settings/")
@requires(Permission.VIEW_SETTINGS)
def settings() -> ResponseReturnValue:
    calendar = queries.calendar()
    return render_template(
        "admin/settings.html",
        calendar=calendar,
        days=[(day.capitalize(), hours_words(shifts)) for day, shifts in zip(DAYS, calendar.week, strict=True)],
        promises=queries.promises(),
    )


@bp.route("/settings/program", methods=["GET", "POST"])
@requires(Permission.EDIT_SETTINGS)
@once
def program() -> ResponseReturnValue:
    form = ProgramForm(obj=the_program())
    if form.validate_on_submit():
        actions.change_program(current_user, now=clock.now(), **form.answers())
        return commit_to("/staff/settings/", "The program's settings are saved.")
    return render_template("admin/program.html", form=form), form.status


@bp.route("/settings/promises", methods=["GET", "POST"])
@requires(Permission.EDIT_SETTINGS)
@once
def promises() -> ResponseReturnValue:
    calendar = queries.calendar()
    typed = {day: hours_words(shifts) for day, shifts in zip(DAYS, calendar.week, strict=True)}
    hours = {name: queries.promises()[kind] / 60 for name, kind in HOURS.items()}
    form = PromisesForm(data={**typed, **hours, "holidays": "\n".join(calendar.holidays)})
    if form.validate_on_submit():
        try:
            week = [read_hours(form[day].data, day) for day in DAYS]
            holidays = read_holidays(form.holidays.data)
            minutes = {kind: int(form[name].data * 60) for name, kind in HOURS.items()}
            actions.change_promises(current_user, now=clock.now(), week=week, holidays=holidays, minutes=minutes)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to("/staff/settings/", "Saved. They hold for what comes in from now on.")
    return render_template("admin/promises.html", form=form, days=DAYS), form.status


@bp.get("/activity/")
@requires(Permission.VIEW_ACTIVITY)
def activity() -> ResponseReturnValue:
    ref = request.args.get("ref", "").strip().upper()
    entries, page = record(current_user, ref=ref, token=request.args.get("at"))
    return render_template("admin/activity.html", entries=entries, page=page, ref=ref)


@bp.get("/jobs/")
@requires(Permission.VIEW_JOBS)
def jobs() -> ResponseReturnValue:
    return render_template(
        "admin/jobs.html",
        deliveries=queries.unsent_deliveries(),
        documents=queries.unmade_documents(),
        last_sent_at=queries.last_sent_at(),
    )


@bp.get("/design")
@requires(Permission.SEE_QUEUE)
def design() -> ResponseReturnValue:
    if not current_app.config["SETTINGS"].debug:
        abort(404)
    return render_template("admin/design.html", **specimens())
