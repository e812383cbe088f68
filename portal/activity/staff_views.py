"""The record of events, for those who oversee."""

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Blueprint, abort, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.activity import actions, record
from portal.activity.export import as_csv
from portal.activity.forms import FilterForm
from portal.activity.rules import MOST_EXPORTED
from portal.activity.search import searched
from portal.auth.permissions import Permission, Reach, requires
from portal.downloads import attachment
from portal.extensions import db
from portal.formats import local_now, reader_zone

bp = Blueprint("staff_activity", __name__, url_prefix="/staff/activity")


@bp.get("/")
@requires(Permission.VIEW_ACTIVITY, Reach.ANY)
def index() -> ResponseReturnValue:
    form = FilterForm(request.args)
    search = searched(form, reader_zone())
    query = search.query
    lines: list[record.Line] = []
    page = None
    if search.wanted is not None:
        token = request.args.get("at")
        lines, page = record.page(current_user, search.wanted, token=token, url=lambda at: _address(query, at=at))
    return render_template(
        "activity/index.html",
        form=form,
        lines=lines,
        page=page,
        query=query,
        choices=[(name, _choices(query, name, found)) for name, found in search.several.items()],
        most_exported=MOST_EXPORTED,
    )


@bp.post("/export")
@requires(Permission.VIEW_ACTIVITY, Reach.ANY)
def export() -> ResponseReturnValue:
    """A copy of what was filtered, said on the record before it leaves."""
    search = searched(FilterForm(request.form), reader_zone())
    wanted = search.wanted or abort(422)
    until_seq = record.newest()
    actions.note_export(current_user, wanted, now=clock.now())
    db.session.commit()
    lines = record.everything(current_user, wanted, until_seq)
    rows = stream_with_context(as_csv(lines, reader_zone()))
    return attachment(rows, f"activity-{local_now():%Y-%m-%d}.csv", "text/csv")


def _choices(query: dict[str, str], name: str, found: Sequence[record.Found]) -> list[tuple[str, record.Found]]:
    """Each of those who are meant perhaps, with the address of the record that is about them."""
    return [(_address(query | {name: each.ref}), each) for each in found]


def _address(query: dict[str, str], **more: str | None) -> str:
    return "?" + urlencode(query | {name: value for name, value in more.items() if value})
