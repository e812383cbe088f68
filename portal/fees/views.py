"""What a partner earned: the list with its figures, and why each amount is what it is."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.permissions import Permission, Reach, requires
from portal.fees import queries, shown
from portal.fees.rules import DATED, LineState
from portal.ledger import queries as ledger
from portal.payouts import queries as payouts

bp = Blueprint("earnings", __name__, url_prefix="/earnings")


@bp.get("/")
@requires(Permission.VIEW_EARNINGS, Reach.OWN)
def index() -> ResponseReturnValue:
    page = queries.page(
        current_user, token=request.args.get("at"), url=lambda at: f"/earnings/?at={at}" if at else "/earnings/"
    )
    totals = queries.totals(current_user, clock.now())
    return render_template(
        "earnings/index.html",
        page=page,
        rows=shown.rows(page.rows, for_partner=True),
        figures=shown.figures(totals),
        owed=[each.payable for each in totals if each.payable.minor > 0],
        pay_on=min((each.pay_on for each in totals if each.pay_on), default=None),
        is_unpaid=any(each.payable.minor + each.booked.minor > 0 for each in totals),
        block=payouts.block_of(current_user),
        statements=payouts.statements(current_user),
        may_mend=current_user.may(Permission.PROPOSE_PAYOUT_DETAILS),
        may_refer=current_user.may(Permission.SUBMIT_REFERRALS),
        is_own=current_user.reach(Permission.VIEW_EARNINGS) is Reach.OWN,
    )


@bp.get("/<ref>")
@requires(Permission.VIEW_EARNINGS, Reach.OWN)
def show(ref: str) -> ResponseReturnValue:
    row = queries.whole(current_user, ref) or abort(404)
    line = row.FeeLine
    may_open = current_user.may(Permission.VIEW_AGREEMENTS)
    return render_template(
        "earnings/show.html",
        row=row,
        line=line,
        receipt=shown.receipt(line.trace, line.currency, row.agreement_ref if may_open else None),
        chip=shown.chip(line.state, line.pay_on, line.paid_at, for_partner=True),
        statement_ref=payouts.statement_ref(current_user, line.statement_id),
        entries=ledger.entries_of(line.partner_id, line.ref),
        may_see_referral=current_user.may(Permission.VIEW_REFERRALS),
        is_dated=line.state in DATED,
        is_paid=line.state is LineState.PAID,
        is_void=line.state is LineState.VOID,
    )
