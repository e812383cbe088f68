from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.permissions import Permission, Reach, requires
from portal.idempotency import commit_to, once
from portal.markdown import render
from portal.resources import actions, queries
from portal.resources.links import for_reader
from portal.resources.rules import KIND_LABEL, KIND_PATH, ResourceKind

bp = Blueprint("resources", __name__)


@bp.get("/resources/")
@requires(Permission.READ_RESOURCES, Reach.COMPANY)
def index() -> ResponseReturnValue:
    found = queries.published(current_user)
    shelves = [(kind, [each for each in found if each.kind is kind]) for kind in ResourceKind]
    return render_template("resources/index.html", shelves=shelves, found=found, paths=KIND_PATH)


@bp.get("/resources/<slug>")
@requires(Permission.READ_RESOURCES, Reach.COMPANY)
def guide(slug: str) -> ResponseReturnValue:
    return _page(slug, ResourceKind.GUIDE)


@bp.get("/profiles/<slug>")
@requires(Permission.READ_RESOURCES, Reach.COMPANY)
def profile(slug: str) -> ResponseReturnValue:
    return _page(slug, ResourceKind.PROFILE)


@bp.post("/resources/<slug>/reading")
@requires(Permission.READ_RESOURCES, Reach.COMPANY)
@once
def mark_read(slug: str) -> ResponseReturnValue:
    edition = queries.edition(current_user, slug) or abort(404)
    actions.mark_read(current_user, edition.id, edition.number, now=clock.now())
    return commit_to("/resources/", f"Noted: you have read “{edition.title}”.")


def _page(slug: str, kind: ResourceKind) -> ResponseReturnValue:
    edition = queries.edition(current_user, slug, kind) or abort(404)
    text = for_reader(render(edition.body), current_user)
    return render_template("resources/show.html", edition=edition, text=text, label=KIND_LABEL[kind])
