"""From what waits to the work queue: each row told as a thing to do."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.deals.queries import Waiting as DealWaiting
from portal.deals.queries import waiting as deals_waiting
from portal.fees.rules import LineState
from portal.formats import counted, local_day, money
from portal.home.queue import SHOWN, Task
from portal.home.waiting import waiting
from portal.payouts.queries import Sum, sums
from portal.referrals.queries import Waiting as ReferralWaiting
from portal.referrals.queries import waiting as referrals_waiting

MOST = SHOWN + 1


def tasks(user: User, now: datetime) -> list[Task]:
    """Everything that this person has to do, in no order yet."""
    found = [_TELL[row.kind](row) for row in waiting(user, now)]
    if user.may(Permission.DECIDE_REFERRALS):
        found += [_decide(each) for each in referrals_waiting(user, now, MOST)]
    if user.may(Permission.MOVE_DEALS):
        found += [_next_step(each) for each in deals_waiting(user, now, MOST)]
    if user.may(Permission.APPROVE_FEES) or user.may(Permission.MANAGE_PARTNERS):
        found += _statements(user, sums(user, LineState.APPROVED, MOST))
    return found


def _decide(each: ReferralWaiting) -> Task:
    return Task(
        title=f"Decide: {each.company}",
        about=each.words,
        partner=each.partner,
        url=f"/staff/referrals/{each.ref}",
        due_at=each.due_at,
        is_promise=True,
    )


def _next_step(each: DealWaiting) -> Task:
    return Task(
        title=f"{each.words}: {each.company}",
        about=_why(each),
        partner=each.partner,
        url=f"/staff/deals/{each.ref}",
        due_at=each.due_at,
        due_on=None if each.due_at else each.due_on,
        is_promise=each.due_at is not None,
    )


def _why(each: DealWaiting) -> str:
    if each.due_at:
        return "promised to the partner"
    return "stands still" if each.is_stalled else "your next step"


def _statements(user: User, found: Sequence[Sum]) -> list[Task]:
    """Finance issues what can be paid; whoever looks after partners asks for what is missing."""
    may_issue, may_ask = user.may(Permission.APPROVE_FEES), user.may(Permission.MANAGE_PARTNERS)
    told = []
    for each in found:
        amount, fees = money(each.amount.minor, each.amount.currency), counted(each.fees, "fee")
        if each.missing and may_ask:
            told.append(
                _task(f"Talk to: {each.partner}", f"{amount} waits. {each.missing}", each.partner, _partner(each))
            )
        elif may_issue and not each.missing:
            about = f"{amount}, {fees} approved"
            told.append(_task(f"Issue a statement: {each.partner}", about, each.partner, "/staff/payouts/"))
    return told


def _partner(each: Sum) -> str:
    return f"/staff/partners/{each.partner_ref}"


def _task(title: str, about: str, partner: str, url: str, row: Any = None) -> Task:
    since, due_on = (row.since, row.due_on) if row is not None else (None, None)
    return Task(title=title, about=about, partner=partner, url=url, since=since, due_on=due_on)


def _approve(row: Any) -> Task:
    amount = money(int(row.minor), row.currency)
    return _task(
        f"Approve: {amount} for {row.subject}",
        f"booked on {local_day(row.since)}",
        row.partner,
        f"/staff/fees/{row.ref}",
        row,
    )


def _pay(row: Any) -> Task:
    amount = money(int(row.minor), row.currency)
    partners = counted(row.number, "partner")
    return _task(f"Build a payout run: {amount}", f"on statements of {partners}", "", "/staff/payouts/", row)


def _run(row: Any, step: str) -> Task:
    about = f"payout run {row.ref}, {counted(row.number, 'fee')}"
    return _task(f"{step}: {money(int(row.minor), row.currency)}", about, "", f"/staff/payouts/{row.ref}", row)


def _release(row: Any) -> Task:
    return _run(row, "Release")


def _record(row: Any) -> Task:
    return _run(row, "Record as paid")


def _details(row: Any) -> Task:
    about = f"for {row.subject}; nothing is paid meanwhile"
    return _task(f"Confirm payout details: {row.partner}", about, row.partner, f"/staff/partners/{row.ref}", row)


def _agreement(row: Any, verb: str, about: str) -> Task:
    return _task(f"{verb}: {row.subject}", about, row.partner, f"/staff/agreements/{row.ref}", row)


def _send(row: Any) -> Task:
    return _agreement(row, "Send the agreement", "prepared, not sent")


def _sent(row: Any) -> Task:
    return _agreement(row, "Talk to", "agreement sent, not opened")


def _opened(row: Any) -> Task:
    return _agreement(row, "Talk to", "agreement opened, not signed")


def _prepare(row: Any) -> Task:
    url = f"/staff/partners/{row.ref}"
    return _task(f"Prepare the agreement: {row.subject}", "a new partner without one", row.partner, url, row)


def _plan(row: Any) -> Task:
    return _task(
        f"Publish: fee plan {row.subject}", f"version {row.number}, drafted", "", "/staff/settings/fee-plans/", row
    )


def _criteria(row: Any) -> Task:
    return _task("Publish: criteria", f"version {row.number}, drafted", "", "/staff/settings/criteria/", row)


def _mails(row: Any) -> Task:
    return _task(
        f"{counted(row.number, 'mail')} could not be sent",
        "look at the reason, then send again",
        "",
        "/staff/jobs/",
        row,
    )


def _documents(row: Any) -> Task:
    return _task(
        f"{counted(row.number, 'PDF')} could not be made",
        "look at the reason, then make again",
        "",
        "/staff/jobs/",
        row,
    )


_TELL: dict[str, Callable[[Any], Task]] = {
    "approve": _approve,
    "pay": _pay,
    "release": _release,
    "record": _record,
    "details": _details,
    "send": _send,
    "sent": _sent,
    "opened": _opened,
    "prepare": _prepare,
    "plan": _plan,
    "criteria": _criteria,
    "mails": _mails,
    "documents": _documents,
}
