"""The program's own questions in the form of a referral."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.permissions import Permission, Reach, requires
from portal.criteria import queries as criteria
from portal.errors import Refused
from portal.fields import actions, queries
from portal.fields.forms import ChangeFieldForm, NewFieldForm
from portal.fields.models import ReferralField
from portal.fields.rules import KIND_LABEL, Kind
from portal.idempotency import commit_to, once

bp = Blueprint("staff_fields", __name__, url_prefix="/staff/settings/fields")
HERE = "/staff/settings/fields/"


@bp.get("/")
@requires(Permission.VIEW_SETTINGS, Reach.ANY)
def index() -> ResponseReturnValue:
    return _page(NewFieldForm(formdata=None))


@bp.post("/")
@requires(Permission.EDIT_SETTINGS, Reach.ANY)
@once
def add() -> ResponseReturnValue:
    form = NewFieldForm()
    if form.validate_on_submit():
        try:
            kind = Kind(form.kind.data)
            field = actions.add(current_user, kind=kind, now=clock.now(), **form.wording(kind))
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(HERE, f"“{field.label}” is asked from here on.")
    return _page(form), form.status


@bp.route("/<ref>", methods=["GET", "POST"])
@requires(Permission.EDIT_SETTINGS, Reach.ANY)
@once
def change(ref: str) -> ResponseReturnValue:
    field = queries.field(ref)
    form = ChangeFieldForm(data=_as_typed(field))
    if form.validate_on_submit():
        try:
            wording = form.wording(field.kind)
            actions.change(current_user, field, seen_version=form.version.data, now=clock.now(), **wording)
        except Refused as refusal:
            if refusal.field is None:
                raise
            form.refuse(refusal)
        else:
            return commit_to(HERE, f"“{field.label}” is worded anew. Referrals that were sent keep the old words.")
    return render_template("fields/change.html", form=form, ref=ref, kind=field.kind), form.status


@bp.post("/<ref>/move-up")
@requires(Permission.EDIT_SETTINGS, Reach.ANY)
@once
def move_up(ref: str) -> ResponseReturnValue:
    actions.move_up(current_user, queries.field(ref), now=clock.now())
    return commit_to(HERE)


@bp.post("/<ref>/end")
@requires(Permission.EDIT_SETTINGS, Reach.ANY)
@once
def retire(ref: str) -> ResponseReturnValue:
    field = queries.field(ref)
    actions.retire(current_user, field, now=clock.now())
    return commit_to(HERE, f"“{field.label}” is asked no more. What was answered stays on the referrals.")


@bp.post("/<ref>/return")
@requires(Permission.EDIT_SETTINGS, Reach.ANY)
@once
def put_back(ref: str) -> ResponseReturnValue:
    field = queries.field(ref)
    actions.put_back(current_user, field, now=clock.now())
    return commit_to(HERE, f"“{field.label}” is asked again.")


def _page(form: NewFieldForm) -> str:
    may_edit = current_user.may(Permission.EDIT_SETTINGS)
    fields = queries.fields()
    about = {"kinds": KIND_LABEL, "read_by": criteria.read_by()}
    return render_template("fields/index.html", fields=fields, form=form, may_edit=may_edit, **about)


def _as_typed(field: ReferralField) -> dict[str, object]:
    words = {"label": field.label, "hint": field.hint, "required": field.required, "version": field.version}
    return words | {"choices": "\n".join(field.choices)}
