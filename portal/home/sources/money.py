from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.agreements.models import Agreement
from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.deals.models import Deal
from portal.fees.models import FeeLine
from portal.fees.rules import LineState
from portal.formats import counted, local_day, money
from portal.home.queue import Task
from portal.home.sources.source import Moment, Source, part, task
from portal.partners.models import Partner, PayoutDetails
from portal.partners.rules import PayoutDetailsState
from portal.payouts.models import PayoutLine, PayoutRun
from portal.payouts.rules import RunState


def _booked(user: User, now: Moment) -> sa.Select[Any]:
    return _to_approve(LineState.ACCRUED)


def _on_hold(user: User, now: Moment) -> sa.Select[Any]:
    return _to_approve(LineState.ON_HOLD)


def _to_approve(state: LineState) -> sa.Select[Any]:
    """Of one state, so that an index has them in their order."""
    line = FeeLine
    booked = part(
        ref=line.ref,
        subject=Deal.company,
        partner=Partner.name,
        number=sa.func.coalesce(Agreement.terms["holding_days"].as_integer(), 0),
        minor=line.amount_minor,
        currency=line.currency,
        since=line.booked_at,
    )
    of_terms = (Agreement.partner_id == line.partner_id) & (Agreement.id == line.agreement_id)
    joined = booked.select_from(line).join(Deal, Deal.id == line.deal_id).join(Agreement, of_terms)
    joined = joined.join(Partner, Partner.id == line.partner_id)
    return joined.where(line.state == state).order_by(line.booked_at, line.id)


def _approve(row: Any, now: datetime) -> Task | None:
    """Once the agreement no longer holds it back."""
    if row.since + timedelta(days=row.number) > now:
        return None
    title = f"Approve: {money(int(row.minor), row.currency)} for {row.subject}"
    return task(title, f"booked on {local_day(row.since)}", f"/staff/fees/{row.ref}", row)


def _fees_to_pay(user: User, now: Moment) -> sa.Select[Any]:
    """What a payout run would hold, in each currency: only of partners that can be paid."""
    line, details = FeeLine, PayoutDetails
    of_partner = sa.exists().where(details.partner_id == line.partner_id)
    payable = (
        (line.state == LineState.PAYABLE)
        & of_partner.where(details.state == PayoutDetailsState.CONFIRMED)
        & ~of_partner.where(details.state == PayoutDetailsState.PROPOSED)
        & sa.exists().where(Partner.id == line.partner_id, Partner.tax_form_on.is_not(None))
    )
    summed = part(
        number=sa.func.count(sa.distinct(line.partner_id)),
        minor=sa.func.sum(line.amount_minor),
        currency=line.currency,
        due_on=sa.func.min(line.pay_on),
    )
    return summed.where(payable).group_by(line.currency)


def _build(row: Any, now: datetime) -> Task:
    title = f"Build a payout run: {money(int(row.minor), row.currency)}"
    return task(title, f"on statements of {counted(row.number, 'partner')}", "/staff/payouts/", row)


def _runs(user: User, now: Moment) -> sa.Select[Any]:
    """What others built, and holds no fee that the reader approved: those are for somebody else."""
    run = PayoutRun
    waits = part(
        ref=run.ref,
        step=run.state,
        number=run.line_count,
        minor=run.total_minor,
        currency=run.currency,
        since=sa.func.coalesce(run.released_at, run.built_at),
    )
    pinned = sa.exists().where(PayoutLine.run_id == run.id, PayoutLine.fee_line_id == FeeLine.id, PayoutLine.is_live)
    approved = pinned.where(FeeLine.approved_by_id == user.id)
    open_runs = run.state.in_((RunState.DRAFT, RunState.RELEASED)) & (run.built_by_id != user.id)
    return waits.where(open_runs, ~approved).order_by(run.built_at, run.id)


def _run(row: Any, now: datetime) -> Task:
    step = "Release" if row.step == RunState.DRAFT else "Record as paid"
    about = f"payout run {row.ref}, {counted(row.number, 'fee')}"
    return task(f"{step}: {money(int(row.minor), row.currency)}", about, f"/staff/payouts/{row.ref}", row)


def _payout_details(user: User, now: Moment) -> sa.Select[Any]:
    """Those that can be decided now: a change waits its time first."""
    details = PayoutDetails
    given = part(ref=Partner.ref, subject=details.holder, partner=Partner.name, since=details.proposed_at)
    others = (details.state == PayoutDetailsState.PROPOSED) & (details.proposed_by_id != user.id)
    joined = given.select_from(details).join(Partner, Partner.id == details.partner_id)
    return joined.where(others, details.effective_at <= now.at).order_by(details.proposed_at, details.id)


def _confirm(row: Any, now: datetime) -> Task:
    about = f"for {row.subject}; nothing is paid meanwhile"
    return task(f"Confirm payout details: {row.partner}", about, f"/staff/partners/{row.ref}", row)


BOOKED_FEES = Source(Permission.APPROVE_FEES, _booked, _approve)
HELD_FEES = Source(Permission.APPROVE_FEES, _on_hold, _approve)
FEES_TO_PAY = Source(Permission.BUILD_PAYOUTS, _fees_to_pay, _build)
PAYOUT_RUNS = Source(Permission.RELEASE_PAYOUTS, _runs, _run)
PAYOUT_DETAILS = Source(Permission.CONFIRM_PAYOUT_DETAILS, _payout_details, _confirm)
