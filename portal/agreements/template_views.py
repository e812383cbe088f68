"""The text that agreements are made from: its versions, an editor with a preview, publication."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.agreements import publishing, queries, texts
from portal.agreements.forms import TemplateForm
from portal.agreements.models import AgreementTemplate
from portal.agreements.specimen import specimen
from portal.agreements.terms import PLACEHOLDERS
from portal.auth.permissions import Permission, Reach, requires
from portal.errors import Refused
from portal.idempotency import commit_to, once
from portal.program import the_program

bp = Blueprint("agreement_templates", __name__, url_prefix="/staff/agreements/templates")


@bp.get("")
@requires(Permission.REVIEW_AGREEMENTS, Reach.ANY)
def index() -> ResponseReturnValue:
    return render_template("agreements/templates.html", found=queries.templates())


@bp.get("/<int:number>")
@requires(Permission.REVIEW_AGREEMENTS, Reach.ANY)
def show(number: int) -> ResponseReturnValue:
    template = queries.template(number)
    return render_template("agreements/template.html", template=template, text=specimen(template.body, the_program()))


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.EDIT_TEMPLATES, Reach.ANY)
@once
def write() -> ResponseReturnValue:
    form = TemplateForm(obj=queries.newest_template())
    if form.validate_on_submit():
        try:
            template = publishing.write_template(current_user, now=clock.now(), **form.answers())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _kept(template)
    return _editor(form), form.status


@bp.route("/<int:number>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_TEMPLATES, Reach.ANY)
@once
def rewrite(number: int) -> ResponseReturnValue:
    template = queries.template(number)
    form = TemplateForm(obj=template)
    if form.validate_on_submit():
        try:
            publishing.rewrite_template(current_user, template, now=clock.now(), **form.answers())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _kept(template)
    return _editor(form, number), form.status


@bp.post("/preview", defaults={"number": None})
@bp.post("/<int:number>/preview")
@requires(Permission.EDIT_TEMPLATES, Reach.ANY)
def preview(number: int | None) -> ResponseReturnValue:
    """The text with specimen terms; nothing is saved. Without scripts it is the whole page again."""
    if "text/html" in request.headers.get("Accept", ""):
        return _editor(TemplateForm(), number)
    return specimen(request.form.get("body", "")[: texts.LONGEST], the_program())


@bp.post("/<int:number>/publication")
@requires(Permission.EDIT_TEMPLATES, Reach.ANY)
@once
def publish(number: int) -> ResponseReturnValue:
    publishing.publish_template(current_user, queries.template(number), now=clock.now())
    return commit_to(f"/staff/agreements/templates/{number}", "Published. New agreements can be made from it.")


def _kept(template: AgreementTemplate) -> ResponseReturnValue:
    return commit_to(f"/staff/agreements/templates/{template.number}", "Kept as a draft. Publish it to use it.")


def _editor(form: TemplateForm, number: int | None = None) -> str:
    text = specimen((form.body.data or "")[: texts.LONGEST], the_program())
    return render_template("agreements/write.html", form=form, number=number, text=text, places=sorted(PLACEHOLDERS))
