"""Fee plans: their versions, drafted by one person and published by another."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.agreements import publishing, queries
from portal.agreements.forms import PlanForm
from portal.agreements.plans import rate_of
from portal.auth.holders import holders, names
from portal.auth.permissions import Permission, Reach, requires
from portal.errors import Refused
from portal.idempotency import commit_to, once
from portal.program import the_program

bp = Blueprint("fee_plans", __name__, url_prefix="/staff/settings/fee-plans")


@bp.get("/")
@requires(Permission.VIEW_SETTINGS, Reach.ANY)
def index() -> ResponseReturnValue:
    found = queries.plans()
    own = any(row.FeePlan.created_by_id == current_user.id and not row.FeePlan.published_at for row in found)
    others = holders(Permission.PUBLISH_FEE_PLANS, but=current_user.id) if own else []
    return render_template("agreements/plans.html", found=found, others=names(others) if others else "")


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.DRAFT_FEE_PLANS, Reach.ANY)
@once
def draft() -> ResponseReturnValue:
    program = the_program()
    form = PlanForm(data={"currency": program.currency if program else ""})
    if form.validate_on_submit():
        answers = form.answers()
        try:
            answers["rate_bp"] = rate_of(answers.pop("percent"))
            plan = publishing.draft_plan(current_user, now=clock.now(), **answers)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(
                "/staff/settings/fee-plans/", f"{plan.name}, version {plan.number}, waits for a second person."
            )
    return render_template("agreements/plan.html", form=form), form.status


@bp.post("/<ref>/publication")
@requires(Permission.PUBLISH_FEE_PLANS, Reach.ANY)
@once
def publish(ref: str) -> ResponseReturnValue:
    plan = queries.plan(ref)
    publishing.publish_plan(current_user, plan, now=clock.now())
    return commit_to("/staff/settings/fee-plans/", f"{plan.name}, version {plan.number}, is published.")
