"""Referrals from a list: sent up, looked at, confirmed and sent, with a report to put right and send again."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.agreements.queries import in_force
from portal.auth.permissions import Permission, Reach, requires
from portal.downloads import attachment
from portal.errors import Refused
from portal.fields.cells import wants
from portal.fields.queries import questions
from portal.formats import counted
from portal.idempotency import commit_to, once
from portal.referrals import import_rows, importing
from portal.referrals.comes_first import comes_first
from portal.referrals.forms import ListForm, SendListForm
from portal.sheets import MEDIA_TYPE

bp = Blueprint("referral_lists", __name__, url_prefix="/referrals/import")


@bp.route("", methods=["GET", "POST"])
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
@once
def index() -> ResponseReturnValue:
    form = ListForm()
    if form.validate_on_submit():
        sent = form.file.data
        try:
            if not sent or not sent.filename:
                raise Refused("Choose a file first.", "file")
            found = importing.look(current_user, sent.read(), sent.filename, now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(f"/referrals/import/{found.ref}")
    columns = [
        (name.replace("_", " "), f"or {', '.join(called)}" if called else "", name in import_rows.NEEDED)
        for name, called in import_rows.CALLED.items()
    ]
    asked = questions()
    heads = import_rows.heads(asked)
    columns += [(heads[each.ref], wants(each), each.required) for each in asked]
    first = comes_first(current_user, in_force(current_user.partner_id))
    shown = {"form": form, "first": first, "lists": importing.lists(current_user), "columns": columns}
    return render_template("referrals/lists.html", **shown), form.status


@bp.get("/template")
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
def template() -> ResponseReturnValue:
    return attachment(import_rows.template(questions()).encode("utf-8-sig"), "referrals.csv", MEDIA_TYPE)


@bp.get("/<ref>")
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
def show(ref: str) -> ResponseReturnValue:
    return _page(ref, SendListForm())


@bp.post("/<ref>/confirmation")
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
@once
def confirm(ref: str) -> ResponseReturnValue:
    form, found = SendListForm(), importing.imported(current_user, ref, to_change=True)
    if form.validate_on_submit():
        try:
            importing.send(current_user, found, consent=form.consent.data, now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            said = counted(found.sent, "referral")
            return commit_to(f"/referrals/import/{ref}", f"{said[0].upper()}{said[1:]} sent.")
    return _page(ref, form), form.status


@bp.get("/<ref>/report")
@requires(Permission.SUBMIT_REFERRALS, Reach.OWN)
def report(ref: str) -> ResponseReturnValue:
    found = importing.imported(current_user, ref)
    if found.done_at is None:
        abort(404)
    return attachment(importing.report(found, clock.now()), f"{ref}.csv", MEDIA_TYPE)


def _page(ref: str, form: SendListForm) -> str:
    found = importing.imported(current_user, ref)
    if found.done_at is not None:
        return render_template("referrals/list_sent.html", found=found, rows=importing.results(found))
    looked = importing.rows_of(found, clock.now())
    rows = [(each.row.number, each.row.company, each.is_ready, importing.sentences(each)) for each in looked]
    ready = sum(each.is_ready for each in looked)
    return render_template("referrals/list.html", found=found, rows=rows, ready=ready, form=form)
