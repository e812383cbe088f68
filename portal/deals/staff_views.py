"""The staff side of deals: all of them, and the page on which the owner moves one."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.activity.queries import timeline
from portal.auth.permissions import Permission, Reach, requires
from portal.deals import actions, facts, queries, shown
from portal.deals.forms import (
    CancelForm,
    DealForm,
    LostForm,
    MoveForm,
    NextStepForm,
    ParkForm,
    StageForm,
    WonForm,
)
from portal.deals.models import Deal
from portal.deals.rules import CHANNEL_LABEL, LABEL, NEXT, OPEN, OPEN_STAGES, TONE, Channel, Stage
from portal.errors import Refused
from portal.fees import queries as fees
from portal.formats import local_now
from portal.idempotency import commit_to, once
from portal.money import exponent
from portal.program import the_program
from portal.referrals.facts import fee_rows
from portal.referrals.shown import address

# The usual way of a sale; its button stands out.
ONWARD = {
    Stage.NEW: Stage.CONTACTED,
    Stage.CONTACTED: Stage.MEETING,
    Stage.MEETING: Stage.PROPOSAL,
    Stage.PARKED: Stage.CONTACTED,
}

bp = Blueprint("staff_deals", __name__, url_prefix="/staff/deals")


@bp.get("/")
@requires(Permission.VIEW_DEALS, Reach.ANY)
def index() -> ResponseReturnValue:
    owners = queries.owners(current_user)
    stage, channel = _of(Stage, request.args.get("stage")), _of(Channel, request.args.get("channel"))
    owner = next((each for each in owners if each.ref == request.args.get("owner")), None)
    url = address("/staff/deals/", stage=stage, owner=owner.ref if owner else None, channel=channel)
    page = queries.page(
        current_user,
        stage=stage,
        owner_id=owner.id if owner else None,
        channel=channel,
        token=request.args.get("at"),
        url=url,
    )
    today = local_now().date()
    return render_template(
        "deals/staff_index.html",
        page=page,
        rows=[shown.row_of(row, today) for row in page.rows],
        filtered=bool(stage or owner or channel),
        selects=_selects(stage, owner.ref if owner else "", channel, owners),
        may_enter=current_user.may(Permission.MOVE_DEALS),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.MOVE_DEALS, Reach.ASSIGNED)
@once
def new() -> ResponseReturnValue:
    form, program = DealForm(), the_program() or abort(404)
    form.expected.currency = currency = program.currency
    if form.validate_on_submit():
        typed = {"company": form.company.data, "website": form.website.data or "", "channel": form.chosen}
        try:
            deal = actions.enter(
                current_user, now=clock.now(), currency=currency, expected_minor=form.expected.minor, **typed
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(f"/staff/deals/{deal.ref}", f"{deal.company} is yours.")
    return render_template("deals/new.html", form=form, currency=currency), form.status


@bp.get("/<ref>")
@requires(Permission.VIEW_DEALS, Reach.ANY)
def show(ref: str) -> ResponseReturnValue:
    return _page(ref)


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


@bp.post("/<ref>/next-step")
@requires(Permission.MOVE_DEALS, Reach.ASSIGNED)
@once
def set_next_step(ref: str) -> ResponseReturnValue:
    deal, form = queries.to_change(current_user, ref), NextStepForm()
    form.expected.currency = deal.currency
    if not form.validate_on_submit():
        return _page(ref, step=form), form.status
    step = {"next_step": form.next_step.data or "", "next_step_on": form.next_step_on.data}
    try:
        actions.set_next_step(
            current_user,
            deal,
            seen_version=form.version.data,
            now=clock.now(),
            expected_minor=form.expected.minor,
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
        return _page(ref, **{name: form}), form.status
    try:
        actions.move(current_user, deal, then, seen_version=form.version.data, now=clock.now(), details=form.details())
    except Refused as refusal:
        return _come_back(ref, name, form, refusal)
    return commit_to(f"/staff/deals/{ref}", f"{deal.company}: {LABEL[then].lower()}.")


def _come_back(ref: str, name: str, form: Any, refusal: Refused) -> ResponseReturnValue:
    """The page with the refusal beside its field; one that belongs to no field is the answer itself."""
    if refusal.field is None:
        raise refusal
    form.refuse(refusal)
    return _page(ref, **{name: form}), 422


def _page(ref: str, **forms: Any) -> str:
    now, today = clock.now(), local_now().date()
    row = queries.deal(current_user, ref) or abort(404)
    deal = row.Deal
    may_move = queries.may_move(current_user, deal)
    lines = fees.lines_of_deal(current_user, deal.id) if deal.won_on else ()
    return render_template(
        "deals/staff_show.html",
        deal=deal,
        label=LABEL[deal.stage],
        tone=TONE[deal.stage],
        next=shown.next_of(deal, row.owner, row.contact_due_at, now, today),
        steps=shown.steps(deal),
        told=timeline(current_user, [ref]),
        facts_of_deal=facts.of_deal(row, current_user),
        contact=facts.of_contact(row),
        fees=fee_rows(lines),
        stages=[(stage, LABEL[stage]) for stage in OPEN_STAGES if stage in NEXT[deal.stage]] if may_move else [],
        onward=ONWARD.get(deal.stage),
        may=frozenset(str(then) for then in NEXT[deal.stage]) if may_move else frozenset(),
        may_plan=may_move and deal.stage in OPEN,
        forms=_forms(deal, today) | forms,
    )


def _forms(deal: Deal, today: date) -> dict[str, Any]:
    version, none = deal.version, {"formdata": None}
    step = {"next_step": deal.next_step, "next_step_on": deal.next_step_on, "expected": _typed(deal)}
    return {
        "stage": StageForm(**none, version=version),
        "won": WonForm(**none, version=version, won_on=today, value=_typed(deal)),
        "lost": LostForm(**none, version=version),
        "parked": ParkForm(**none, version=version),
        "cancelled": CancelForm(**none, version=version),
        "step": NextStepForm(**none, version=version, **step),
    }


def _typed(deal: Deal) -> str:
    """The expected value as one would type it."""
    if not deal.expected_minor:
        return ""
    decimals = exponent(deal.currency)
    whole, rest = divmod(deal.expected_minor, 10**decimals)
    return f"{whole}.{rest:0{decimals}}" if decimals else str(whole)


def _of(kind: Any, wanted: str | None) -> Any:
    return kind(wanted) if wanted in set(kind) else None


def _selects(stage: Stage | None, owner: str, channel: Channel | None, owners: Any) -> list[dict[str, Any]]:
    stages = [("", "Any"), *((str(each), LABEL[each]) for each in Stage)]
    people = [("", "Anyone"), *((each.ref, each.name) for each in owners)]
    channels = [("", "Any"), *((str(each), CHANNEL_LABEL[each]) for each in Channel)]
    return [
        {"name": "stage", "label": "Stage", "value": stage or "", "options": stages},
        {"name": "owner", "label": "Owner", "value": owner, "options": people},
        {"name": "channel", "label": "Channel", "value": channel or "", "options": channels},
    ]
