"""The one way from a state of an agreement to the next."""

from datetime import datetime
from typing import Any, NamedTuple

from portal.agreements import events, rules
from portal.agreements.models import Agreement
from portal.agreements.rules import AgreementState
from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.errors import Refused
from portal.events import publish
from portal.extensions import db


class _Move(NamedTuple):
    event: type[events.AgreementEvent]
    stamp: str
    right: Permission | None
    """What the person needs who makes it; None: made by rule."""


_INTO = {
    AgreementState.SENT: _Move(events.AgreementSent, "sent_at", Permission.SEND_AGREEMENTS),
    AgreementState.VIEWED: _Move(events.AgreementViewed, "viewed_at", Permission.VIEW_AGREEMENTS),
    AgreementState.SIGNED: _Move(events.AgreementSigned, "signed_at", Permission.SIGN_AGREEMENTS),
    AgreementState.COUNTERSIGNED: _Move(events.AgreementCountersigned, "in_force_at", None),
    AgreementState.SUPERSEDED: _Move(events.AgreementSuperseded, "ended_at", None),
    AgreementState.DECLINED: _Move(events.AgreementDeclined, "ended_at", Permission.SIGN_AGREEMENTS),
    AgreementState.VOID: _Move(events.AgreementVoided, "ended_at", Permission.SEND_AGREEMENTS),
}
_DISCARD = _Move(events.AgreementDiscarded, "ended_at", Permission.SEND_AGREEMENTS)
EVENT_OF: dict[AgreementState, tuple[str, ...]] = {
    AgreementState.DRAFT: (events.AgreementPrepared.__name__,),
    **{state: (step.event.__name__,) for state, step in _INTO.items()},
    AgreementState.VOID: (events.AgreementVoided.__name__, events.AgreementDiscarded.__name__),
}
"""The kinds of event that can have led into each state."""


def move(agreement: Agreement, then: AgreementState, *, by: User | None, now: datetime, **facts: Any) -> None:
    """Change the state, note when, and publish the event with these facts.

    Raises `Refused` where the state or the person's rights do not allow it."""
    discarded = agreement.state is AgreementState.DRAFT and then is AgreementState.VOID
    step = _DISCARD if discarded else _INTO[then]
    if step.right and not (by and by.may(step.right) and by.partner_id in (None, agreement.partner_id)):
        raise Refused("What you do here does not include this step of the agreement.")
    rules.check_move(agreement.state, then)
    agreement.state = then
    setattr(agreement, step.stamp, now)
    db.session.flush()
    publish(
        step.event(
            by=by.id if by else None,
            at=now,
            ref=agreement.ref,
            partner_id=agreement.partner_id,
            agreement_id=agreement.id,
            **facts,
        )
    )
