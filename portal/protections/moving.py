"""The one way from a state of a protection to another, and what each move leaves behind."""

from datetime import datetime
from typing import Any

from portal.clock import local_date
from portal.events import Event, publish
from portal.extensions import db
from portal.protections import rules
from portal.protections.events import ProtectionEnded
from portal.referrals.deadlines import warnings_past
from portal.referrals.models import Protection
from portal.referrals.rules import Ending, ProtectionState
from portal.sla.queries import calendar


def move(protection: Protection, then: ProtectionState, event: Event | None = None, **changes: Any) -> None:
    """Check the state moved from, write the row, tell it. Without event where another record's event tells it."""
    rules.check_move(protection.state, then)
    protection.state = then
    for name, value in changes.items():
        setattr(protection, name, value)
    db.session.flush()
    if event is not None:
        publish(event)


def end(protection: Protection, now: datetime, *, ref: str) -> None:
    """Its time is over: the tail begins, where the terms have one."""
    then = rules.after_its_end(protection.tail_ends_at, now)
    event = ProtectionEnded(**told(protection, None, now, ref), tail_until_on=day_of(protection.tail_ends_at))
    move(protection, then, event, ended_at=now, ending=Ending.RAN_OUT)


def bring_back(protection: Protection, now: datetime, event: Event | None = None) -> None:
    """What was released or revoked stands again as its dates say."""
    then = rules.by_its_dates(protection.ends_at, protection.tail_ends_at, now)
    ended: dict[str, Any] = {"ended_at": None, "ending": None, "ended_by_id": None}
    if then is not ProtectionState.ACTIVE:
        ended = {"ended_at": min(protection.ends_at, now), "ending": Ending.RAN_OUT}
    move(protection, then, event, **ended, end_reason="", warned=warnings_past(protection.ends_at, now))


def day_of(at: datetime) -> Any:
    """The day where the program works."""
    return local_date(at, str(calendar().zone))


def told(protection: Protection, by_id: int | None, now: datetime, ref: str) -> dict[str, Any]:
    """What every event about a protection tells; it bears the reference of the referral."""
    return {
        "by": by_id,
        "at": now,
        "ref": ref,
        "partner_id": protection.partner_id,
        "referral_id": protection.referral_id,
    }
