"""What somebody is shown again who signs."""

from flask import abort
from flask_login import current_user

from portal.agreements import queries
from portal.auth.step_up import Decision, typed


def signature(ref: str) -> Decision:
    row = queries.with_its_parts(current_user, ref) or abort(404)
    lines = [("Agreement", ref), ("For", row.Partner.legal_name), ("Fee plan", f"{row.plan_name}, {row.plan_number}")]
    return Decision("Sign this agreement", [*lines, ("Signed as", typed("typed_name"))])
