"""The staff side of payouts: statements are issued, runs are built, released by someone else, recorded as paid."""

from collections.abc import Callable

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.activity.queries import timeline
from portal.auth.permissions import Permission, Reach, requires
from portal.auth.step_up import step_up
from portal.formats import counted, day_words, money
from portal.forms import seen_version
from portal.idempotency import commit_to, once
from portal.money import currency_of
from portal.partners.queries import get_visible
from portal.payouts import actions, decisions, queries, shown, statements
from portal.payouts.models import PayoutRun
from portal.payouts.rules import LABEL, OPEN, TONE, RunState

bp = Blueprint("staff_payouts", __name__, url_prefix="/staff/payouts")


@bp.get("/")
@requires(Permission.VIEW_PAYOUTS, Reach.ANY)
def index() -> ResponseReturnValue:
    payable = queries.payable(current_user)
    page = queries.runs(
        current_user, token=request.args.get("at"), url=lambda at: "/staff/payouts/" + (f"?at={at}" if at else "")
    )
    return render_template(
        "payouts/index.html",
        page=page,
        rows=shown.run_rows(page.rows),
        ready=shown.ready(payable),
        kept=[each for each in payable if each.missing],
        may_build=current_user.may(Permission.BUILD_PAYOUTS),
    )


@bp.post("/")
@requires(Permission.BUILD_PAYOUTS, Reach.ANY)
@once
def build() -> ResponseReturnValue:
    run = actions.build_run(current_user, currency=currency_of(request.form.get("currency", "")), now=clock.now())
    return commit_to(f"/staff/payouts/{run.ref}", "Built. Someone else releases it.")


@bp.post("/statements")
@requires(Permission.APPROVE_FEES, Reach.ANY)
@once
def issue_statement() -> ResponseReturnValue:
    currency = currency_of(request.form.get("currency", ""))
    partner = get_visible(current_user, request.form.get("partner", ""))
    issued = statements.issue(current_user, partner, currency=currency, now=clock.now())
    amount = money(issued.total_minor, issued.currency)
    return commit_to(
        "/staff/fees/?state=payable", f"{partner.name}: {amount} is payable on {day_words(issued.pay_on)}."
    )


@bp.get("/<ref>")
@requires(Permission.VIEW_PAYOUTS, Reach.ANY)
def show(ref: str) -> ResponseReturnValue:
    row = queries.whole_run(current_user, ref) or abort(404)
    run: PayoutRun = row.PayoutRun
    url = f"/staff/payouts/{ref}"
    is_builder = run.built_by_id == current_user.id
    may_decide = current_user.may(Permission.RELEASE_PAYOUTS) and not is_builder and not row.approved
    who_else = "" if may_decide or run.state not in OPEN else queries.who_else(run.id, run.built_by_id)
    return render_template(
        "payouts/show.html",
        row=row,
        run=run,
        url=url,
        amount=money(run.total_minor, run.currency),
        contents=f"{counted(run.line_count, 'fee')} to {counted(row.partners, 'partner')}",
        page=queries.lines(run, token=request.args.get("at"), url=lambda at: f"{url}?at={at}" if at else url),
        label=LABEL[run.state],
        tone=TONE[run.state],
        is_open=run.state in OPEN,
        may_decide=may_decide,
        may_cancel=run.state is RunState.DRAFT and current_user.may(Permission.BUILD_PAYOUTS),
        who_next=shown.who_next(run.state, is_builder=is_builder, approved=row.approved, who_else=who_else),
        told=timeline(current_user, [ref]),
    )


@bp.post("/<ref>/release")
@requires(Permission.RELEASE_PAYOUTS, Reach.ANY)
@step_up(decisions.release)
@once
def release(ref: str) -> ResponseReturnValue:
    return _do(actions.release, ref, "Released. Once the bank has paid it, record that here.")


@bp.post("/<ref>/payment")
@requires(Permission.RELEASE_PAYOUTS, Reach.ANY)
@step_up(decisions.payment)
@once
def record_paid(ref: str) -> ResponseReturnValue:
    return _do(actions.record_paid, ref, "Recorded as paid. Each partner is told.")


@bp.post("/<ref>/cancellation")
@requires(Permission.BUILD_PAYOUTS, Reach.ANY)
@once
def cancel(ref: str) -> ResponseReturnValue:
    return _do(actions.cancel_run, ref, "Cancelled. Its fees are payable as before.")


def _do(deed: Callable[..., None], ref: str, sentence: str) -> ResponseReturnValue:
    deed(current_user, queries.run(ref), seen_version=seen_version(), now=clock.now())
    return commit_to(f"/staff/payouts/{ref}", sentence)
