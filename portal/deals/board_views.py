"""The board: the core pipeline by stage, and beside it what is parked, by the day it returns."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.permissions import Permission, Reach, requires
from portal.deals import board, cards, losses, parking, queries
from portal.deals.rules import CHANNEL_LABEL, LOST_LABEL, OPEN_STAGES, Channel, LostReason, Stage
from portal.formats import local_now, ninety_nine

bp = Blueprint("staff_board", __name__, url_prefix="/staff/deals")


@bp.get("/board")
@requires(Permission.VIEW_DEALS, Reach.ANY)
def show() -> ResponseReturnValue:
    owners, owner = _owners()
    sums = board.sums(owner.id if owner else None)
    here = next((stage for stage in OPEN_STAGES if stage == request.args.get("stage")), Stage.NEW)
    core = [each for each in sums if each.stage in OPEN_STAGES]
    return render_template(
        "deals/board.html",
        columns=cards.columns(board.core(current_user, owner.id if owner else None), sums, local_now().date()),
        here=here,
        owner=owner.ref if owner else "",
        expected=cards.in_words(core),
        weighted=cards.in_words(core, weighted=True),
        selects=[_owner_select(owners, owner)],
        may_enter=current_user.may(Permission.MOVE_DEALS),
        usual_return=parking.usual(),
        parked=ninety_nine(sum(each.number for each in sums if each.stage is Stage.PARKED)),
    )


@bp.get("/nurture")
@requires(Permission.VIEW_DEALS, Reach.ANY)
def nurture() -> ResponseReturnValue:
    owners, owner = _owners()
    sums = [each for each in board.sums(owner.id if owner else None) if each.stage is Stage.PARKED]
    rows = board.nurture(current_user, owner.id if owner else None)
    return render_template(
        "deals/nurture.html",
        parked=cards.parked(rows, local_now().date()),
        more=max(0, sum(each.number for each in sums) - len(rows)),
        count=ninety_nine(sum(each.number for each in sums)),
        expected=cards.in_words(sums),
        owner=owner.ref if owner else "",
        selects=[_owner_select(owners, owner)],
    )


@bp.get("/lost")
@requires(Permission.VIEW_DEALS, Reach.ANY)
def lost() -> ResponseReturnValue:
    """Why deals were lost in the last twelve months and this one, by the channel that they came from."""
    since = losses.first_month(clock.now())
    found = losses.by_reason(since)
    channels = [channel for channel in Channel if any(row.channel is channel for row in found)]
    counted = {(row.reason, row.channel): int(row.found) for row in found}
    reasons = sorted(LostReason, key=lambda reason: -sum(counted.get((reason, each), 0) for each in channels))
    lines = [_line(reason, [counted.get((reason, each), 0) for each in channels]) for reason in reasons]
    total = sum(line["total"] for line in lines)
    return render_template(
        "deals/lost.html",
        channels=[CHANNEL_LABEL[channel] for channel in channels],
        lines=[line | {"share": 100 * line["total"] // total} for line in lines if line["total"]],
        total=total,
        since=since,
    )


def _line(reason: LostReason, counts: list[int]) -> dict[str, Any]:
    return {"reason": reason, "label": LOST_LABEL[reason], "counts": counts, "total": sum(counts)}


def _owners() -> tuple[Any, Any]:
    """Whose deals are shown: everybody's, unless the address names one."""
    owners = queries.owners(current_user)
    return owners, next((each for each in owners if each.ref == request.args.get("owner")), None)


def _owner_select(owners: Any, owner: Any) -> dict[str, Any]:
    options = [("", "Everyone"), *((each.ref, each.name) for each in owners)]
    return {"name": "owner", "label": "Owner", "value": owner.ref if owner else "", "options": options}
