"""What somebody is shown again who decides on a payout run."""

from flask import abort
from flask_login import current_user

from portal.auth.step_up import Decision
from portal.formats import counted, money
from portal.payouts import queries


def release(ref: str) -> Decision:
    return _about(ref, "Release this payout run")


def payment(ref: str) -> Decision:
    return _about(ref, "Record this payout run as paid")


def _about(ref: str, title: str) -> Decision:
    row = queries.whole_run(current_user, ref) or abort(404)
    run = row.PayoutRun
    contents = f"{counted(run.line_count, 'fee')} to {counted(row.partners, 'partner')}"
    lines = [("Run", run.ref), ("Amount", money(run.total_minor, run.currency)), ("Pays", contents)]
    return Decision(title, [*lines, ("Built by", row.builder)])
