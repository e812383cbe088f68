"""Views of a list, kept by name: both sides have them, each of its own lists."""

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.activity.queries import timeline
from portal.auth.permissions import Permission, Reach, requires
from portal.errors import Refused
from portal.filters import EVERYTHING, Chosen
from portal.idempotency import commit_to, once
from portal.saved_views import actions, queries
from portal.saved_views.choosing import chosen, for_its_owner, settled
from portal.saved_views.forms import NewViewForm, OpeningForm, OwnViewForm, ViewForm
from portal.saved_views.models import SavedView
from portal.saved_views.rules import LISTS, ListName, address

bp = Blueprint("saved_views", __name__, url_prefix="/saved-views")
LATEST = 5
"""Changes of a shared view that its page tells of."""


@bp.post("/")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@once
def save() -> ResponseReturnValue:
    """From the list; what is wrong is said on a page of its own, with what was typed."""
    form = NewViewForm() if current_user.may(Permission.SHARE_VIEWS) else OwnViewForm()
    of, choice = _asked(form)
    if form.validate_on_submit():
        try:
            told: dict[str, Any] = {"query": settled(choice), "name": form.name.data or "", "is_shared": form.shares}
            view = actions.save(current_user, of=of, now=clock.now(), **told)
            actions.open_first(current_user, view, wanted=form.opens_first.data)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(address(of, view.choice), f"“{view.name}” stands above the list from now on.")
    return render_template("saved_views/new.html", form=form, chosen=choice), form.status


@bp.get("/<ref>")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
def show(ref: str) -> ResponseReturnValue:
    view = queries.one(current_user, ref)
    first = queries.opens_first(current_user, view)
    if queries.may_change(current_user, view):
        return _page(view, ViewForm(name=view.name, opens_first=first))
    return _page(view, OpeningForm(opens_first=first))


@bp.post("/<ref>")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@once
def change(ref: str) -> ResponseReturnValue:
    form, view = ViewForm(), queries.to_change(current_user, ref)
    if form.validate_on_submit():
        try:
            actions.rename(current_user, view, form.name.data or "", now=clock.now())
            actions.open_first(current_user, view, wanted=form.opens_first.data)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(address(view.of_list, view.choice), "Saved.")
    return _page(queries.one(current_user, ref), form), form.status


@bp.post("/<ref>/choice")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@once
def narrow(ref: str) -> ResponseReturnValue:
    """From the list: what is set there now takes the place of what the view kept."""
    view = queries.to_change(current_user, ref)
    choice = chosen(current_user, view.of_list, request.form.get("query", ""))
    if view.owner_id != current_user.id:
        choice = for_its_owner(queries.owner(view), view.of_list, choice)
    actions.narrow(current_user, view, settled(choice), now=clock.now())
    return commit_to(address(view.of_list, view.choice), f"“{view.name}” is changed.")


@bp.post("/<ref>/sharing")
@requires(Permission.SHARE_VIEWS, Reach.OWN)
@once
def share(ref: str) -> ResponseReturnValue:
    view = queries.to_change(current_user, ref)
    actions.share(current_user, view, now=clock.now())
    return commit_to(f"/saved-views/{ref}", f"Your colleagues have “{view.name}” above their list.")


@bp.post("/<ref>/sharing/end")
@requires(Permission.SHARE_VIEWS, Reach.OWN)
@once
def take_back(ref: str) -> ResponseReturnValue:
    view = queries.to_change(current_user, ref)
    actions.take_back(current_user, view, now=clock.now())
    if view.owner_id != current_user.id:
        return commit_to(f"{LISTS[view.of_list].path}?{EVERYTHING}", f"“{view.name}” is its owner's alone again.")
    return commit_to(f"/saved-views/{ref}", f"“{view.name}” is yours alone again.")


@bp.post("/<ref>/opening")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@once
def open_first(ref: str) -> ResponseReturnValue:
    """Whoever sees a view may have the list open with it."""
    view, form = queries.one(current_user, ref), OpeningForm()
    actions.open_first(current_user, view, wanted=form.opens_first.data)
    said = f"The list opens with “{view.name}”." if form.opens_first.data else "The list opens with everything."
    return commit_to(address(view.of_list, view.choice), said)


@bp.post("/<ref>/deletion")
@requires(Permission.USE_ACCOUNT, Reach.OWN)
@once
def delete(ref: str) -> ResponseReturnValue:
    view = queries.to_change(current_user, ref)
    name, path = view.name, LISTS[view.of_list].path
    actions.delete(current_user, view, now=clock.now())
    return commit_to(f"{path}?{EVERYTHING}", f"“{name}” is deleted. What it showed is still there.")


def _asked(form: OwnViewForm) -> tuple[ListName, Chosen]:
    """422 where the form names no list, 404 for one that the person has not."""
    if form.of.data not in list(ListName):
        abort(422)
    of = ListName(form.of.data)
    if not queries.may_see(current_user, of):
        abort(404)
    return of, chosen(current_user, of, form.query.data or "")


def _page(view: SavedView, form: ViewForm | OpeningForm) -> str:
    choice = chosen(current_user, view.of_list, address(view.of_list, view.choice).partition("?")[2])
    return render_template(
        "saved_views/show.html",
        view=view,
        form=form,
        chosen=choice,
        url=address(view.of_list, view.choice),
        list=LISTS[view.of_list],
        may_change=queries.may_change(current_user, view),
        may_share=current_user.may(Permission.SHARE_VIEWS),
        history=timeline(current_user, [view.ref], limit=LATEST),
        whose=queries.owner_name(view) if view.owner_id != current_user.id else "",
    )
