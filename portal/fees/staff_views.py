"""The staff side of fees: what waits for approval first, then what waits for a statement."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.activity.queries import timeline
from portal.auth.permissions import Permission, Reach, requires
from portal.fees import actions, queries, shown
from portal.fees.rules import TO_APPROVE, LineState
from portal.formats import money
from portal.forms import seen_version, version_of
from portal.idempotency import commit_to, once
from portal.ledger import queries as ledger
from portal.payouts import queries as payouts

bp = Blueprint("staff_fees", __name__, url_prefix="/staff/fees")
TABS = {
    "": ("To approve", sorted(TO_APPROVE)),
    "approved": ("Approved", [LineState.APPROVED]),
    "payable": ("Payable", [LineState.PAYABLE]),
    "scheduled": ("In a run", [LineState.SCHEDULED]),
    "paid": ("Paid", [LineState.PAID]),
    "all": ("All", []),
}


@bp.get("/")
@requires(Permission.VIEW_FEES, Reach.ANY)
def index() -> ResponseReturnValue:
    tab = request.args.get("state", "")
    label, states = TABS.get(tab) or abort(404)
    query = f"state={tab}&" if tab else ""
    page = queries.page(
        current_user,
        states=states,
        token=request.args.get("at"),
        url=lambda at: f"/staff/fees/?{query}" + (f"at={at}" if at else ""),
    )
    return render_template(
        "fees/index.html",
        page=page,
        rows=shown.rows(page.rows, for_partner=False),
        tabs=[
            {"url": f"/staff/fees/?state={key}" if key else "/staff/fees/", "label": words, "current": key == tab}
            for key, (words, _) in TABS.items()
        ],
        tab=tab,
        label=label,
        to_state=payouts.approved(current_user) if tab in ("", "approved") else [],
        may_approve=current_user.may(Permission.APPROVE_FEES),
    )


@bp.post("/approvals")
@requires(Permission.APPROVE_FEES, Reach.ANY)
@once
def approve_chosen() -> ResponseReturnValue:
    """Each `fee` is a reference and the version that was looked at; the button in a row sends its own as `one`."""
    chosen = request.form.getlist("one") or request.form.getlist("fee")
    lines = actions.approve_all(current_user, dict(_seen(each) for each in chosen), now=clock.now())
    words = "One fee is" if len(lines) == 1 else f"{len(lines)} fees are"
    return commit_to("/staff/fees/", f"{words} approved.")


@bp.get("/<ref>")
@requires(Permission.VIEW_FEES, Reach.ANY)
def show(ref: str) -> ResponseReturnValue:
    row = queries.whole(current_user, ref) or abort(404)
    line = row.FeeLine
    return render_template(
        "fees/show.html",
        row=row,
        line=line,
        amount=money(line.amount_minor, line.currency),
        receipt=shown.receipt(line.trace, line.currency, None),
        chip=shown.chip(line.state, line.pay_on, line.paid_at, for_partner=False),
        statement_ref=payouts.statement_ref(current_user, line.statement_id),
        entries=ledger.entries_of(line.partner_id, line.ref),
        told=timeline(current_user, [line.ref]),
        waits=line.state in TO_APPROVE,
        may_approve=current_user.may(Permission.APPROVE_FEES),
    )


@bp.post("/<ref>/approval")
@requires(Permission.APPROVE_FEES, Reach.ANY)
@once
def approve(ref: str) -> ResponseReturnValue:
    row = queries.whole(current_user, ref) or abort(404)
    actions.approve(current_user, row.FeeLine, seen_version=seen_version(), now=clock.now())
    return commit_to(f"/staff/fees/{ref}", "Approved. It goes on the next statement.")


def _seen(chosen: str) -> tuple[str, int]:
    ref, _, version = chosen.partition(":")
    return ref, version_of(version)
