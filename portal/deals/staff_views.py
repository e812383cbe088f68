"""The staff side of deals: all of them, and the page on which the owner moves one."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.activity.queries import timeline
from portal.auth.permissions import Permission, Reach, requires
from portal.deals import actions, facts, filters, owners, parking, queries, shown
from portal.deals.forms import (
    CancelForm,
    LostForm,
    MoveForm,
    NextStepForm,
    ParkForm,
    StageForm,
    UpdateForm,
    WonForm,
)
from portal.deals.heard import latest_first
from portal.deals.models import Deal
from portal.deals.rules import LABEL, NEXT, ONWARD, OPEN, OPEN_STAGES, PROBABILITY, TONE, BackBecause, Stage
from portal.errors import Refused
from portal.fees import queries as fees
from portal.formats import local_now
from portal.idempotency import commit_to, once
from portal.referrals.facts import fee_rows
from portal.referrals.filtering import how_far
from portal.saved_views import queries as saved_views
from portal.tasks import queries as tasks

bp = Blueprint("staff_deals", __name__, url_prefix="/staff/deals")


@bp.get("/")
@requires(Permission.VIEW_DEALS, Reach.ANY)
def index() -> ResponseReturnValue:
    if not request.args and (first := saved_views.opening(current_user, filters.DEALS)):
        return redirect(first)
    today, (owners, kept) = local_now().date(), saved_views.with_owners(current_user, filters.DEALS)
    chosen = filters.choice(current_user, request.args, owners)
    wanted, note = filters.wanted(current_user, chosen, owners, today)
    page = queries.page(current_user, wanted, token=request.args.get("at"), url=chosen.url)
    return render_template(
        "deals/staff_index.html",
        page=page,
        rows=[shown.row_of(row, today) for row in page.rows],
        views=saved_views.views(current_user, chosen, kept),
        chosen=chosen,
        notes=[*chosen.problems, note, how_far(page)],
        order=filters.order_words(wanted.order),
        may_enter=current_user.may(Permission.MOVE_DEALS),
    )


@bp.get("/<ref>")
@requires(Permission.VIEW_DEALS, Reach.ANY)
def show(ref: str) -> ResponseReturnValue:
    row = queries.deal(current_user, ref) or abort(404)
    if row.merged_into is not None:
        return redirect(f"/staff/deals/{row.merged_into}")
    return _page(row)


@bp.post("/<ref>/stage")
@requires(Permission.MOVE_DEALS, Reach.ASSIGNED)
@once
def move(ref: str) -> ResponseReturnValue:
    form = StageForm()
    return _move(ref, "stage", form, _of(Stage, form.then.data) or Stage.NEW)


@bp.post("/<ref>/win")
@requires(Permission.MOVE_DEALS, Reach.ASSIGNED)
@once
def win(ref: str) -> ResponseReturnValue:
    return _move(ref, "won", WonForm(), Stage.WON)


@bp.post("/<ref>/loss")
@requires(Permission.MOVE_DEALS, Reach.ASSIGNED)
@once
def lose(ref: str) -> ResponseReturnValue:
    return _move(ref, "lost", LostForm(), Stage.LOST)


@bp.post("/<ref>/parking")
@requires(Permission.MOVE_DEALS, Reach.ASSIGNED)
@once
def park(ref: str) -> ResponseReturnValue:
    return _move(ref, "parked", ParkForm(), Stage.PARKED)


@bp.post("/<ref>/cancellation")
@requires(Permission.MOVE_DEALS, Reach.ASSIGNED)
@once
def cancel(ref: str) -> ResponseReturnValue:
    return _move(ref, "cancelled", CancelForm(), Stage.CANCELLED)


@bp.get("/<ref>/parking")
@requires(Permission.MOVE_DEALS, Reach.ASSIGNED)
def choose_return(ref: str) -> ResponseReturnValue:
    """Until when, for whoever wants another day than the usual one."""
    row = queries.deal(current_user, ref) or abort(404)
    if not queries.may_move(current_user, row.Deal):
        abort(404)
    form = ParkForm(formdata=None, version=row.Deal.version, with_steps=True)
    may = Stage.PARKED in NEXT[row.Deal.stage]
    return render_template("deals/park.html", deal=row.Deal, form=form, may=may, dates=shown.return_dates())


@bp.post("/<ref>/return")
@requires(Permission.MOVE_DEALS, Reach.ASSIGNED)
@once
def bring_back(ref: str) -> ResponseReturnValue:
    deal, form = queries.to_change(current_user, ref), MoveForm()
    because = BackBecause.THEY_CAME
    actions.bring_back(current_user, deal, seen_version=form.version.data, now=clock.now(), because=because)
    return commit_to(_back(ref), f"{deal.company} is back at {LABEL[deal.stage].lower()}.")


@bp.post("/<ref>/undo")
@requires(Permission.MOVE_DEALS, Reach.ASSIGNED)
@once
def undo(ref: str) -> ResponseReturnValue:
    deal, form = queries.to_change(current_user, ref), MoveForm()
    actions.undo(current_user, deal, seen_version=form.version.data, now=clock.now())
    return commit_to(f"/staff/deals/{ref}", f"Taken back: {deal.company} is at {LABEL[deal.stage].lower()} again.")


@bp.post("/<ref>/next-step")
@requires(Permission.MOVE_DEALS, Reach.ASSIGNED)
@once
def set_next_step(ref: str) -> ResponseReturnValue:
    deal, form = queries.to_change(current_user, ref), NextStepForm()
    form.expected.currency = deal.currency
    if not form.validate_on_submit():
        return _page_again(ref, step=form), form.status
    step = {"next_step": form.next_step.data or "", "next_step_on": form.next_step_on.data}
    try:
        actions.set_next_step(
            current_user,
            deal,
            seen_version=form.version.data,
            now=clock.now(),
            expected_minor=form.expected.minor,
            expected_close_on=form.expected_close_on.data,
            probability=form.probability.data,
            **step,
        )
    except Refused as refusal:
        return _come_back(ref, "step", form, refusal)
    return commit_to(f"/staff/deals/{ref}", "The next step is set.")


def _move(ref: str, name: str, form: MoveForm, then: Stage) -> ResponseReturnValue:
    deal = queries.to_change(current_user, ref)
    if isinstance(form, WonForm):
        form.value.currency = deal.currency
    if not form.validate_on_submit():
        return _page_again(ref, **{name: form}), form.status
    details = form.details(local_now().date())
    try:
        actions.move(current_user, deal, then, seen_version=form.version.data, now=clock.now(), details=details)
    except Refused as refusal:
        return _come_back(ref, name, form, refusal)
    told = parking.said(deal) if then is Stage.PARKED else f"{deal.company}: {LABEL[then].lower()}."
    return commit_to(_back(ref), told)


def _back(ref: str) -> str:
    return parking.back_to(request.form.get("back", ""), ref)


def _come_back(ref: str, name: str, form: Any, refusal: Refused) -> ResponseReturnValue:
    """The page with the refusal beside its field; one that belongs to no field is the answer itself."""
    if refusal.field is None:
        raise refusal
    form.refuse(refusal)
    return _page_again(ref, **{name: form}), 422


def _page_again(ref: str, **forms: Any) -> str:
    return _page(queries.deal(current_user, ref) or abort(404), **forms)


def _page(row: Any, **forms: Any) -> str:
    now, today = clock.now(), local_now().date()
    deal = row.Deal
    may_move = queries.may_move(current_user, deal, may_be_away=row.may_be_away)
    merged = (row.merged or "").split()
    lines = fees.lines_of_deal(current_user, deal.id) if deal.won_on else ()
    return render_template(
        "deals/staff_show.html",
        deal=deal,
        label=LABEL[deal.stage],
        tone=TONE[deal.stage],
        next=shown.next_of(deal, row.owner, row.contact_due_at, now, today),
        steps=shown.steps(deal),
        told=timeline(current_user, [deal.ref, *merged]),
        facts_of_deal=facts.of_deal(row, current_user),
        contact=facts.of_contact(row),
        fees=fee_rows(lines),
        stages=[(stage, LABEL[stage]) for stage in OPEN_STAGES if stage in NEXT[deal.stage]] if may_move else [],
        onward=ONWARD.get(deal.stage),
        may=frozenset(str(then) for then in NEXT[deal.stage]) if may_move else frozenset(),
        may_plan=may_move and deal.stage in OPEN,
        undo=shown.undo_of(deal, now) if may_move else "",
        dates=shown.return_dates(),
        usual_return=parking.usual(),
        merged=merged,
        tasks=[shown.task_of(each, current_user.id, today) for each in tasks.of_deal(deal.id)],
        may_task=current_user.may(Permission.KEEP_TASKS),
        may_hand_over=owners.may_hand_over(current_user, deal),
        news=shown.news_of(row, now),
        heard=latest_first(row.heard),
        may_merge=may_move and deal.stage not in (Stage.MERGED, Stage.CANCELLED),
        paid=shown.paid(row),
        usual=PROBABILITY.get(deal.stage, 0),
        forms=_forms(deal, today) | forms,
    )


def _forms(deal: Deal, today: date) -> dict[str, Any]:
    version, none = deal.version, {"formdata": None}
    expected = shown.typed(deal.expected_minor, deal.currency)
    step: dict[str, Any] = {"next_step": deal.next_step, "next_step_on": deal.next_step_on, "expected": expected}
    step |= {"expected_close_on": deal.expected_close_on, "probability": deal.probability}
    return {
        "stage": StageForm(**none, version=version),
        "won": WonForm(**none, version=version, won_on=today, value=expected),
        "lost": LostForm(**none, version=version),
        "parked": ParkForm(**none, version=version, with_steps=True),
        "cancelled": CancelForm(**none, version=version),
        "news": UpdateForm(**none),
        "step": NextStepForm(**none, version=version, **step),
    }


def _of(kind: Any, wanted: str | None) -> Any:
    return kind(wanted) if wanted in set(kind) else None
