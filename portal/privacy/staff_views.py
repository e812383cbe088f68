"""Personal data: what is held of whom, a copy for the person, erasure, and how long each class is kept."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock, storage
from portal.auth.permissions import Permission, Reach, requires
from portal.auth.step_up import Decision, step_up
from portal.downloads import attachment
from portal.errors import Refused
from portal.idempotency import commit_to, once
from portal.privacy import actions, files, queries
from portal.privacy.forms import ErasureForm, RetentionForm, SearchForm
from portal.privacy.handed import with_copy
from portal.privacy.rules import CLASSES, REASON_LABEL, JobState
from portal.privacy.shown import erased_words, nightly_lines

bp = Blueprint("privacy", __name__, url_prefix="/staff")


def _copy(ref: str) -> Decision:
    name, email = queries.address_of(ref)
    looked_at = ", ".join(request.form.getlist("file")) or "none"
    for_whom = ("For", "you; it lies ready for seven days")
    return Decision("Make the copy", [("Of", f"{name}, {email}"), for_whom, ("Files you looked at", looked_at)])


def _erasure(ref: str) -> Decision:
    person = queries.held(ref)
    stays = "; ".join(each.where for each in person.stays) or "nothing of the person"
    return Decision("Erase this person", [("Who", f"{person.name}, {person.email}"), ("What stays", stays)])


@bp.get("/privacy/")
@requires(Permission.MANAGE_PERSONAL_DATA, Reach.ANY)
def index() -> ResponseReturnValue:
    return _index(SearchForm())


@bp.post("/privacy/search")
@requires(Permission.MANAGE_PERSONAL_DATA, Reach.ANY)
def search() -> ResponseReturnValue:
    form = SearchForm()
    found = queries.find(form.person.data or "") if form.validate() else None
    return _index(form, found), form.status


@bp.get("/privacy/people/<ref>")
@requires(Permission.MANAGE_PERSONAL_DATA, Reach.ANY)
def show(ref: str) -> ResponseReturnValue:
    person = queries.held(ref)
    held = files.of_person(person.subject, person.ref)
    copies = queries.exports_of(current_user, person.ref)
    ready = next((each for each in copies if each.state is JobState.DONE), None)
    return render_template(
        "privacy/show.html",
        person=person,
        classes=CLASSES,
        copies=copies,
        ready=ready,
        handed=with_copy(ready, held, current_user.name) if ready else [],
        files=[each for each in held if not each.is_own],
        is_oneself=person.ref == current_user.ref,
    )


@bp.post("/privacy/people/<ref>/copies")
@requires(Permission.MANAGE_PERSONAL_DATA, Reach.ANY)
@step_up(_copy)
@once
def ask_for_copy(ref: str) -> ResponseReturnValue:
    queries.address_of(ref)
    looked_at = request.form.getlist("file")
    actions.ask_for_export(current_user, queries.subject_of(ref), ref, released=looked_at, now=clock.now())
    return commit_to(f"/staff/privacy/people/{ref}", "The copy is being made. Load this page again in a moment.")


@bp.get("/privacy/copies/<ref>")
@requires(Permission.MANAGE_PERSONAL_DATA, Reach.ANY)
def download(ref: str) -> ResponseReturnValue:
    export = queries.export(current_user, ref)
    return attachment(storage.get(export.sha256 or ""), f"{ref}.zip", "application/zip")


@bp.route("/privacy/people/<ref>/erasure", methods=["GET", "POST"])
@requires(Permission.MANAGE_PERSONAL_DATA, Reach.ANY)
@step_up(_erasure)
@once
def erase(ref: str) -> ResponseReturnValue:
    person, form = queries.held(ref), ErasureForm()
    if form.validate_on_submit():
        try:
            form.check_address(person.email)
            order = actions.ask_for_erasure(
                current_user, person.subject, person.ref, reason=form.chosen, now=clock.now()
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(f"/staff/privacy/erasures/{order.ref}", "The person is being erased.")
    return render_template("privacy/erase.html", person=person, form=form, classes=CLASSES), form.status


@bp.get("/privacy/erasures/<ref>")
@requires(Permission.MANAGE_PERSONAL_DATA, Reach.ANY)
def erasure(ref: str) -> ResponseReturnValue:
    found = queries.erasure(ref)
    return render_template(
        "privacy/erasure.html", erasure=found, emptied=erased_words(found.counts), reason=REASON_LABEL[found.reason]
    )


@bp.post("/privacy/erasures/<ref>/retrial")
@requires(Permission.MANAGE_PERSONAL_DATA, Reach.ANY)
@once
def try_again(ref: str) -> ResponseReturnValue:
    actions.try_again(queries.erasure(ref), now=clock.now())
    return commit_to(f"/staff/privacy/erasures/{ref}", "The worker tries it again now.")


@bp.get("/settings/retention")
@requires(Permission.VIEW_SETTINGS, Reach.ANY)
def retention() -> ResponseReturnValue:
    return _retention(RetentionForm.showing(queries.settings()))


@bp.post("/settings/retention")
@requires(Permission.EDIT_SETTINGS, Reach.ANY)
@once
def change_retention() -> ResponseReturnValue:
    form = RetentionForm.showing(queries.settings())
    if form.validate():
        try:
            actions.change_retention(current_user, form.months, now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to("/staff/settings/retention", "Saved. It holds from the next night on.")
    return _retention(form), form.status


def _index(form: SearchForm, found: list[queries.Found] | None = None) -> str:
    return render_template(
        "privacy/index.html",
        form=form,
        found=found,
        erasures=queries.erasures(),
        exports=queries.exports_of(current_user),
        reasons=REASON_LABEL,
        searched=request.method == "POST",
    )


def _retention(form: RetentionForm) -> str:
    run = queries.last_run()
    counts = run.counts if run else {}
    return render_template(
        "privacy/retention.html",
        form=form,
        lines=nightly_lines(queries.settings(), counts.get("ahead", {})),
        run=run,
        erased=erased_words(counts.get("erased", {})),
        may_change=current_user.may(Permission.EDIT_SETTINGS),
    )
