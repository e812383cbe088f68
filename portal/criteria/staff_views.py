from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.holders import names
from portal.auth.permissions import Permission, Reach, requires
from portal.criteria import actions, own_forms, queries
from portal.criteria.differences import countries, decider, differences, employees, hard
from portal.criteria.forms import CriteriaForm
from portal.criteria.reading import matrix, read
from portal.criteria.rules import FUNCTION_LABEL, SENIORITY_LABEL, TIMING_LABEL, WEIGHT_LABEL, Answers
from portal.errors import Refused
from portal.fields.queries import questions
from portal.idempotency import commit_to, once

bp = Blueprint("staff_criteria", __name__, url_prefix="/staff/settings/criteria")
HOME = "/staff/settings/criteria/"
LONGEST_TITLE = 200
_LABELS = {"levels": SENIORITY_LABEL, "functions": FUNCTION_LABEL}


@bp.get("/")
@requires(Permission.VIEW_SETTINGS, Reach.ANY)
def index() -> ResponseReturnValue:
    in_use, waiting = queries.in_use_and_waiting()
    title = request.args.get("title", "").strip()[:LONGEST_TITLE]
    shown = [version for version in (in_use, waiting) if version]
    others = queries.publishers(waiting.row) if waiting else []
    return render_template(
        "criteria/index.html",
        in_use=in_use,
        waiting=waiting,
        changes=differences(in_use.criteria, waiting.criteria) if in_use and waiting else [],
        publishers=names(others) if others else "",
        title=title,
        readings=[(version, read(version.criteria, Answers(job_title=title))) for version in shown if title],
        matrix=matrix(in_use.criteria) if in_use else [],
        countries=countries,
        employees=employees,
        levels=SENIORITY_LABEL,
        functions=FUNCTION_LABEL,
        weights=WEIGHT_LABEL,
        timings=TIMING_LABEL,
        hard=hard,
        decider=decider,
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.EDIT_CRITERIA, Reach.ANY)
@once
def new() -> ResponseReturnValue:
    in_use, waiting = queries.in_use_and_waiting()
    start = waiting or in_use
    form = _form_class().showing(start.criteria if start else None)
    if form.validate_on_submit():
        try:
            version = actions.draft(current_user, data=form.said(), seen_number=form.began_from, now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(HOME, f"Version {version.number} is drafted. Somebody else puts it to use.")
    return _form_page(form, is_waiting=waiting is not None), form.status


@bp.post("/reading")
@requires(Permission.EDIT_CRITERIA, Reach.ANY)
def reading() -> ResponseReturnValue:
    """A job title read with the words as they are typed; nothing is saved. Without scripts it is the whole page."""
    form = _form_class()()
    if "text/html" in request.headers.get("Accept", ""):
        return _form_page(form, is_waiting=queries.in_use_and_waiting()[1] is not None)
    return render_template("criteria/_trial.html", form=form, fragment=True, **_LABELS)


def _form_class() -> type[CriteriaForm]:
    """With what may be said of each yes or no question that the program asks now."""
    return own_forms.with_own(CriteriaForm, own_forms.yes_or_no(questions()))


def _form_page(form: CriteriaForm, *, is_waiting: bool) -> str:
    return render_template("criteria/new.html", form=form, own=own_forms.shown(form), is_waiting=is_waiting, **_LABELS)


@bp.post("/<int:number>/publication")
@requires(Permission.EDIT_CRITERIA, Reach.ANY)
@once
def publication(number: int) -> ResponseReturnValue:
    actions.publish(current_user, queries.one(number), now=clock.now())
    return commit_to(HOME, f"Version {number} is in use: referrals from now on are read against it.")
