from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from portal import clock
from portal.auth.permissions import Permission, Reach, requires
from portal.errors import Refused
from portal.idempotency import commit_to, once
from portal.markdown import render
from portal.resources import actions, queries
from portal.resources.forms import EditResourceForm, NewResourceForm, ResourceForm
from portal.resources.links import for_reader
from portal.resources.rules import KIND_LABEL, KIND_PATH, LONGEST, ResourceKind

bp = Blueprint("staff_resources", __name__, url_prefix="/staff/resources")


@bp.get("/")
@requires(Permission.REVIEW_RESOURCES, Reach.ANY)
def index() -> ResponseReturnValue:
    return render_template("resources/staff_index.html", found=queries.in_the_making(), labels=KIND_LABEL)


@bp.get("/<slug>")
@requires(Permission.REVIEW_RESOURCES, Reach.ANY)
def show(slug: str) -> ResponseReturnValue:
    resource = queries.resource(slug)
    return render_template(
        "resources/staff_show.html",
        resource=resource,
        edition=queries.last_edition(resource),
        text=_read(resource.draft),
        label=KIND_LABEL[resource.kind],
        path=KIND_PATH[resource.kind],
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.EDIT_RESOURCES, Reach.ANY)
@once
def write() -> ResponseReturnValue:
    form = NewResourceForm()
    if form.validate_on_submit():
        answers = form.answers() | {"kind": ResourceKind(form.kind.data)}
        try:
            resource = actions.write(current_user, now=clock.now(), **answers)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(f"/staff/resources/{resource.slug}", "Kept as a draft. Partners see it once published.")
    return _editor(form), form.status


@bp.route("/<slug>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_RESOURCES, Reach.ANY)
@once
def rewrite(slug: str) -> ResponseReturnValue:
    resource = queries.resource(slug)
    form = EditResourceForm(obj=resource)
    if form.validate_on_submit():
        answers = form.answers()
        seen_version = answers.pop("version")
        try:
            actions.rewrite(current_user, resource, seen_version=seen_version, now=clock.now(), **answers)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(f"/staff/resources/{slug}", "The draft is saved. Publish it for partners to read it.")
    return _editor(form, slug), form.status


@bp.post("/preview")
@requires(Permission.EDIT_RESOURCES, Reach.ANY)
def preview() -> ResponseReturnValue:
    """The text alone, for the editor that shows it while it is typed."""
    return str(_typed_text())


@bp.post("/new/preview", defaults={"slug": None})
@bp.post("/<slug>/preview")
@requires(Permission.EDIT_RESOURCES, Reach.ANY)
def preview_page(slug: str | None) -> ResponseReturnValue:
    """The editor again, with the text beside it, for browsers without scripts."""
    if slug:
        queries.resource(slug)
    return _editor(EditResourceForm() if slug else NewResourceForm(), slug)


@bp.post("/<slug>/publication")
@requires(Permission.EDIT_RESOURCES, Reach.ANY)
@once
def publish(slug: str) -> ResponseReturnValue:
    resource = queries.resource(slug)
    edition = actions.publish(current_user, resource, now=clock.now())
    return commit_to(f"/staff/resources/{slug}", f"Published as edition {edition.number}. Partners read it now.")


@bp.post("/<slug>/withdrawal")
@requires(Permission.EDIT_RESOURCES, Reach.ANY)
@once
def withdraw(slug: str) -> ResponseReturnValue:
    actions.withdraw(current_user, queries.resource(slug), now=clock.now())
    return commit_to(f"/staff/resources/{slug}", "Taken back. Partners no longer find it; the text is kept.")


def _editor(form: ResourceForm, slug: str | None = None) -> str:
    return render_template("resources/edit.html", form=form, slug=slug, text=_read(form.draft.data or ""))


def _typed_text() -> Markup:
    return _read(request.form.get("draft", ""))


def _read(draft: str) -> Markup:
    return for_reader(render(draft[:LONGEST]), current_user)
