"""Deals from a file: sent up, looked at, taken in, with a report to take along."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock, storage
from portal.auth.permissions import Permission, Reach, requires
from portal.deals import import_rows, importing, queries
from portal.deals.forms import ImportForm
from portal.downloads import attachment
from portal.errors import Refused
from portal.formats import counted
from portal.idempotency import commit_to, once

bp = Blueprint("staff_deal_imports", __name__, url_prefix="/staff/deals/imports")


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.IMPORT_DEALS, Reach.ANY)
@once
def index() -> ResponseReturnValue:
    form = ImportForm()
    if form.validate_on_submit():
        sent = form.file.data
        try:
            if not sent or not sent.filename:
                raise Refused("Choose a file first.", "file")
            found = importing.look(current_user, sent.read(), sent.filename, now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(f"/staff/deals/imports/{found.ref}")
    columns = [(name, ", ".join(called), name in import_rows.NEEDED) for name, called in import_rows.CALLED.items()]
    return render_template("deals/imports.html", form=form, imports=queries.imports(), columns=columns), form.status


@bp.get("/<ref>")
@requires(Permission.IMPORT_DEALS, Reach.ANY)
def show(ref: str) -> ResponseReturnValue:
    return render_template("deals/import.html", found=queries.imported(ref), most=importing.NOTES_SHOWN)


@bp.post("/<ref>/confirmation")
@requires(Permission.IMPORT_DEALS, Reach.ANY)
@once
def confirm(ref: str) -> ResponseReturnValue:
    found = queries.imported(ref, to_change=True)
    importing.take_in(current_user, found, now=clock.now())
    said = counted(found.added, "deal")
    return commit_to(f"/staff/deals/imports/{ref}", f"{said[0].upper()}{said[1:]} added.")


@bp.get("/<ref>/report")
@requires(Permission.IMPORT_DEALS, Reach.ANY)
def report(ref: str) -> ResponseReturnValue:
    found = queries.imported(ref)
    if found.report_sha256 is None:
        abort(404)
    return attachment(storage.get(found.report_sha256), f"{ref}.csv", importing.CSV)
