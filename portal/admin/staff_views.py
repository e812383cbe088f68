"""What belongs to no feature: settings, the record of events, the health of jobs."""

from flask import Blueprint, abort, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import attempts, clock
from portal.admin import actions, decisions, queries
from portal.admin.forms import CalendarForm, DeadlinesForm, ProgramForm, PromisesForm
from portal.admin.rules import DAYS, hours_words
from portal.admin.specimens import specimens
from portal.auth.permissions import Permission, Reach, requires
from portal.auth.rules import SecondFactorFor
from portal.auth.step_up import step_up
from portal.documents.rules import DocumentKind
from portal.errors import Refused
from portal.idempotency import commit_to, once
from portal.program import the_program
from portal.sla import calendars
from portal.sla.queries import calendar as working_hours
from portal.sla.queries import calendar_row

bp = Blueprint("staff_admin", __name__, url_prefix="/staff")


@bp.get("/settings/")
@requires(Permission.VIEW_SETTINGS, Reach.ANY)
def settings() -> ResponseReturnValue:
    hours = working_hours()
    return render_template(
        "admin/settings.html",
        calendar=hours,
        days=[(day.capitalize(), hours_words(shifts)) for day, shifts in zip(DAYS, hours.week, strict=True)],
        promises=queries.promises(),
    )


@bp.route("/settings/program", methods=["GET", "POST"])
@requires(Permission.EDIT_SETTINGS, Reach.ANY)
@step_up(decisions.program)
@once
def program() -> ResponseReturnValue:
    form = ProgramForm(obj=the_program())
    if form.validate_on_submit():
        answers = form.answers()
        answers["second_factor_for"] = SecondFactorFor(answers["second_factor_for"])
        actions.change_program(current_user, now=clock.now(), **answers)
        return commit_to("/staff/settings/", "The program's settings are saved.")
    return render_template("admin/program.html", form=form), form.status


@bp.route("/settings/deadlines", methods=["GET", "POST"])
@requires(Permission.EDIT_SETTINGS, Reach.ANY)
@once
def deadlines() -> ResponseReturnValue:
    form = DeadlinesForm(obj=the_program())
    if form.validate_on_submit():
        actions.change_deadlines(current_user, now=clock.now(), **form.answers())
        return commit_to("/staff/settings/", "Saved. What waits already keeps its day.")
    return render_template("admin/deadlines.html", form=form), form.status


@bp.route("/settings/promises", methods=["GET", "POST"])
@requires(Permission.EDIT_SETTINGS, Reach.ANY)
@once
def promises() -> ResponseReturnValue:
    form = PromisesForm.showing(queries.promises())
    if form.validate_on_submit():
        actions.change_promises(current_user, now=clock.now(), minutes=form.promised())
        return commit_to("/staff/settings/", "Saved. They hold for what comes in from now on.")
    return render_template("admin/promises.html", form=form), form.status


@bp.route("/settings/calendar", methods=["GET", "POST"])
@requires(Permission.EDIT_SETTINGS, Reach.ANY)
@once
def calendar() -> ResponseReturnValue:
    kept = calendar_row()
    form = CalendarForm.showing(working_hours(), (kept and kept.holiday_names) or {}, kept.region if kept else "")
    if form.validate_on_submit():
        try:
            calendars.change(current_user, now=clock.now(), **form.kept())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to("/staff/settings/calendar", "Saved. It holds for what starts from now on.")
    return render_template("admin/calendar.html", form=form, days=DAYS, kept=kept), form.status


@bp.get("/jobs/")
@requires(Permission.VIEW_JOBS, Reach.ANY)
def jobs() -> ResponseReturnValue:
    now = clock.now()
    deliveries, documents = queries.unsent_deliveries(), queries.unmade_documents()
    waits_since = min((row.next_at for row in (*deliveries, *documents) if row.state == attempts.PENDING), default=None)
    seen_at = attempts.worker_seen_at(current_app.config["SETTINGS"].home)
    return render_template(
        "admin/jobs.html",
        deliveries=deliveries,
        documents=documents,
        last_sent_at=queries.last_sent_at(),
        seen_at=seen_at,
        is_silent=attempts.is_silent(seen_at, waits_since, now),
        now=now,
    )


@bp.post("/jobs/mails/<message_id>/resending")
@requires(Permission.MANAGE_JOBS, Reach.ANY)
@once
def resending(message_id: str) -> ResponseReturnValue:
    delivery = queries.delivery(message_id) or abort(404)
    actions.send_message_again(delivery, current_user, now=clock.now())
    return commit_to("/staff/jobs/", "The worker sends it again now.")


@bp.post("/jobs/documents/<kind>/<ref>/remaking")
@requires(Permission.MANAGE_JOBS, Reach.ANY)
@once
def remaking(kind: str, ref: str) -> ResponseReturnValue:
    if kind not in list(DocumentKind):
        abort(404)
    document = queries.document(DocumentKind(kind), ref) or abort(404)
    actions.make_document_again(document, current_user, now=clock.now())
    return commit_to("/staff/jobs/", "The worker makes it again now.")


@bp.get("/design")
@requires(Permission.SEE_QUEUE, Reach.ANY)
def design() -> ResponseReturnValue:
    if not current_app.config["SETTINGS"].debug:
        abort(404)
    if (theme := request.args.get("theme")) in ("light", "dark"):
        g.theme = theme
    return render_template("admin/design.html", **specimens())
