"""One's own list of things to do."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.permissions import Permission, Reach, requires
from portal.deals import queries as deals
from portal.errors import Refused
from portal.formats import local_now
from portal.forms import choices
from portal.idempotency import commit_to, once
from portal.tasks import actions, queries, shown
from portal.tasks.forms import ChangeTaskForm, TaskForm
from portal.tasks.models import Task

LATELY = timedelta(days=7)

bp = Blueprint("staff_tasks", __name__, url_prefix="/staff/tasks")


@bp.get("/")
@requires(Permission.KEEP_TASKS, Reach.OWN)
def index() -> ResponseReturnValue:
    today, people = local_now().date(), queries.colleagues()
    form = TaskForm(formdata=None, due_on=today + timedelta(days=1), owner=current_user.ref)
    form.owner.choices = _names(people)
    return render_template(
        "tasks/index.html",
        open=[shown.row_of(row, today) for row in queries.of_person(current_user.id)],
        done=[shown.done_of(row) for row in queries.done_lately(current_user.id, clock.now() - LATELY)],
        form=form,
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.KEEP_TASKS, Reach.OWN)
@once
def new() -> ResponseReturnValue:
    form, people = TaskForm(), queries.colleagues()
    form.owner.choices = _names(people)
    deal = queries.deal_called(current_user, form.deal.data or request.args.get("deal"))
    if form.validate_on_submit():
        owner_id = next(each.id for each in people if each.ref == form.owner.data)
        given: dict[str, Any] = {"title": form.title.data or "", "due_on": form.due_on.data, "owner_id": owner_id}
        try:
            actions.make(current_user, now=clock.now(), deal_id=deal.id if deal else None, **given)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(f"/staff/deals/{deal.ref}" if deal else "/staff/tasks/", "It is on the list.")
    if request.method == "GET":
        form.due_on.data, form.owner.data = local_now().date() + timedelta(days=1), current_user.ref
    form.deal.data = deal.ref if deal else ""
    return render_template("tasks/new.html", form=form, deal=deal), form.status


@bp.get("/<ref>")
@requires(Permission.KEEP_TASKS, Reach.OWN)
def show(ref: str) -> ResponseReturnValue:
    task = queries.to_change(current_user, ref)
    form = ChangeTaskForm(
        formdata=None, version=task.version, title=task.title, due_on=task.due_on, owner=current_user.ref
    )
    form.owner.choices = _names(queries.colleagues())
    return _page(task, form)


@bp.post("/<ref>")
@requires(Permission.KEEP_TASKS, Reach.OWN)
@once
def change(ref: str) -> ResponseReturnValue:
    task, people, form = queries.to_change(current_user, ref), queries.colleagues(), ChangeTaskForm()
    form.owner.choices = _names(people)
    if form.validate_on_submit():
        owner_id = next(each.id for each in people if each.ref == form.owner.data)
        given: dict[str, Any] = {"title": form.title.data or "", "due_on": form.due_on.data, "owner_id": owner_id}
        try:
            actions.change(current_user, task, seen_version=form.version.data, now=clock.now(), **given)
        except Refused as refusal:
            if refusal.field is None:
                raise
            form.refuse(refusal)
            task = queries.to_change(current_user, ref)
        else:
            return commit_to("/staff/tasks/", "Changed.")
    return _page(task, form), form.status


@bp.post("/<ref>/completion")
@requires(Permission.KEEP_TASKS, Reach.OWN)
@once
def finish(ref: str) -> ResponseReturnValue:
    actions.finish(current_user, queries.to_change(current_user, ref), now=clock.now())
    return commit_to(_back(), "Done.")


@bp.post("/<ref>/reopening")
@requires(Permission.KEEP_TASKS, Reach.OWN)
@once
def take_up_again(ref: str) -> ResponseReturnValue:
    actions.take_up_again(current_user, queries.to_change(current_user, ref), now=clock.now())
    return commit_to("/staff/tasks/", "It is on your list again.")


def _back() -> str:
    """To the deal whose page had the button, where it was one."""
    deal = deals.deal(current_user, request.form.get("deal", ""))
    return f"/staff/deals/{deal.Deal.ref}" if deal else "/staff/tasks/"


def _page(task: Task, form: ChangeTaskForm) -> str:
    return render_template("tasks/show.html", task=task, form=form)


def _names(people: Any) -> Any:
    return choices({each.ref: each.name for each in people})
