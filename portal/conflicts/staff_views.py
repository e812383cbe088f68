"""Conflicts of all partners: those to decide, and the decisions, which stand on the page of the referral."""

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.permissions import Permission, Reach, requires
from portal.conflicts import actions, queries, shown
from portal.conflicts.forms import SetAsideForm
from portal.deals import shares
from portal.deals.share_forms import shares_form
from portal.errors import Refused
from portal.forms import seen_version
from portal.idempotency import commit_to, once
from portal.referrals import queries as referrals
from portal.referrals import rules as referral_rules
from portal.referrals.models import Referral
from portal.referrals.shown import address

bp = Blueprint("staff_conflicts", __name__, url_prefix="/staff/conflicts")


@bp.get("/")
@requires(Permission.REVIEW_REFERRALS, Reach.ANY)
def index() -> ResponseReturnValue:
    state = "ended" if request.args.get("state") == "ended" else None
    url = address("/staff/conflicts/", state=state)
    page = queries.page(is_open=state is None, token=request.args.get("at"), url=url)
    tabs = [
        {"url": "/staff/conflicts/", "label": "To decide", "current": state is None},
        {"url": "/staff/conflicts/?state=ended", "label": "Ended", "current": state is not None},
    ]
    return render_template(
        "conflicts/index.html", page=page, rows=shown.rows(page.rows, clock.now()), is_open=state is None, tabs=tabs
    )


@bp.get("/<ref>")
@requires(Permission.REVIEW_REFERRALS, Reach.ANY)
def show(ref: str) -> ResponseReturnValue:
    return _page(ref)


@bp.post("/<ref>/entry")
@requires(Permission.DECIDE_REFERRALS, Reach.ANY)
@once
def enter(ref: str) -> ResponseReturnValue:
    referral, against = _to_change(ref), request.form.get("against", "")
    actions.enter(current_user, referral, ref=against, seen_version=seen_version(), now=clock.now())
    return commit_to(
        f"/staff/referrals/{ref}", f"{referral.company} is in conflict with {against}. Both sides are told."
    )


@bp.post("/<ref>/upholding")
@requires(Permission.DECIDE_REFERRALS, Reach.ANY)
@once
def uphold(ref: str) -> ResponseReturnValue:
    referral = _to_change(ref)
    actions.uphold(current_user, referral, seen_version=seen_version(), now=clock.now())
    return commit_to(
        f"/staff/referrals/{ref}", f"{referral.company} is declined. The partner reads the rule and the times."
    )


@bp.post("/<ref>/setting-aside")
@requires(Permission.DECIDE_REFERRALS, Reach.ANY)
@once
def set_aside(ref: str) -> ResponseReturnValue:
    referral, form = _to_change(ref), SetAsideForm()
    if not form.validate_on_submit():
        return _page(ref, form), form.status
    given: dict[str, Any] = {"seen_version": form.version.data, "because": form.because.data or ""}
    try:
        actions.set_aside(current_user, referral, now=clock.now(), **given)
    except Refused as refusal:
        if refusal.field is None:
            raise
        form.refuse(refusal)
        return _page(ref, form), form.status
    return commit_to(f"/staff/referrals/{ref}", f"The ruling is set aside. {referral.company} is under review.")


@bp.route("/<ref>/split", methods=["GET", "POST"])
@requires(Permission.DECIDE_REFERRALS, Reach.ANY)
@once
def split(ref: str) -> ResponseReturnValue:
    """Both claims count: a page of its own, with who has the deal."""
    referral = _to_change(ref)
    deal = queries.deal_to_share(queries.open_of(referral))
    sides = shares.sides(deal, referral)
    form = shares_form(sides, version=referral.version)
    if form.validate_on_submit():
        given: dict[str, Any] = {"seen_version": form.version.data, "because": form.because.data or ""}
        try:
            actions.split(current_user, referral, now=clock.now(), divided=form.divided, **given)
        except Refused as refusal:
            if refusal.field not in form:
                raise
            form.refuse(refusal)
            referral = _to_change(ref)
        else:
            told = f"{referral.company} is qualified and shares deal {deal.ref}. Each partner is told its own share."
            return commit_to(f"/staff/referrals/{ref}", told)
    return render_template("conflicts/split.html", referral=referral, deal=deal, form=form), form.status


def _to_change(ref: str) -> Referral:
    return referrals.to_change(current_user, ref, Permission.DECIDE_REFERRALS)


def _page(ref: str, form: SetAsideForm | None = None) -> str:
    row = queries.story(current_user, ref)
    if row is None or row.Conflict is None:
        abort(404)
    why_not = referral_rules.why_not(current_user.id, row.Referral.entered_by_id, row.Referral.first_decider_id)
    return render_template(
        "conflicts/show.html",
        referral=row.Referral,
        conflict=shown.panel(row, row.Referral, form),
        may_settle=not why_not and current_user.may(Permission.DECIDE_REFERRALS),
    )
