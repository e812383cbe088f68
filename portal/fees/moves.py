"""The one way from a state of fee lines to the next. Used by fees and, above them, by payouts."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import defer

from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.errors import Refused
from portal.events import publish
from portal.extensions import db
from portal.fees import rules
from portal.fees.events import FeeEvent
from portal.fees.models import FeeLine
from portal.fees.rules import LineState
from portal.scope import all_partners

RIGHT = {
    LineState.APPROVED: Permission.APPROVE_FEES,
    LineState.PAYABLE: Permission.APPROVE_FEES,
    LineState.SCHEDULED: Permission.BUILD_PAYOUTS,
    LineState.PAID: Permission.RELEASE_PAYOUTS,
}
WITHOUT_REASONS = defer(FeeLine.inputs, raiseload=True), defer(FeeLine.trace, raiseload=True)


def locked(*conditions: sa.ColumnElement[bool]) -> list[FeeLine]:
    """The lines as they stand now, held until the commit, in one order for everyone who holds several."""
    wanted = sa.select(FeeLine).where(*conditions).order_by(FeeLine.id).options(*WITHOUT_REASONS)
    held = wanted.with_for_update().execution_options(populate_existing=True)
    return list(db.session.scalars(all_partners(held, "lines that are about to move, by rule or by finance")))


def move(
    lines: Sequence[FeeLine], then: LineState, *, by: User | None, tell: Callable[[FeeLine], FeeEvent], **values: Any
) -> None:
    """Move these lines, each held by `locked`, and tell of each. All of them or none.

    Raises `Refused` for an illegal move or where the person may not make it. `by` None: a rule."""
    if by is not None and (right := RIGHT.get(then)) and not by.may(right):
        raise Refused("What you do here does not include this step of a fee.")
    for line in lines:
        rules.check_move(line.state, then)
        line.state = then
        for name, value in values.items():
            setattr(line, name, value)
    db.session.flush()
    for line in lines:
        publish(tell(line))


def facts(line: FeeLine, by_id: int | None, now: datetime) -> dict[str, Any]:
    """What every event about a line tells."""
    return {
        "by": by_id,
        "at": now,
        "ref": line.ref,
        "partner_id": line.partner_id,
        "line_id": line.id,
        "deal_id": line.deal_id,
        "amount_minor": line.amount_minor,
        "currency": line.currency,
    }
