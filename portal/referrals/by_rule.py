"""Referrals that the criteria decide without a person, where the version that read them says so. Each is decided in a
transaction of its own, after the one in which it was received: whatever stands against it, it has been received."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.criteria.rules import Reading
from portal.errors import Refused
from portal.events import publish
from portal.extensions import db
from portal.lookalikes.queries import sure_of
from portal.referrals import actions, queries
from portal.referrals.events import ReferralDeclined, ReferralLeftToPerson, ReferralQualified
from portal.referrals.models import Referral
from portal.referrals.rules import Status
from portal.referrals.verdicts import verdict_of, why_declined
from portal.scope import all_partners
from portal.sla import actions as sla
from portal.sla.rules import ClockKind

_WHY = "referrals of all partners that the criteria decide"
_ANY = 0
"""However little a look-alike is like it."""


def due(now: datetime, limit: int) -> list[tuple[int, int]]:
    """Those to decide, each with its version."""
    waiting = sa.select(Referral.id, Referral.version).where(Referral.rule_at <= now).limit(limit)
    return [(row.id, row.version) for row in db.session.execute(all_partners(waiting, _WHY))]


def attempt(referral_id: int, version: int, now: datetime) -> None:
    """Decide it, or leave it to a person, and commit; one that was changed meanwhile is left alone."""
    try:
        _settle(_waiting(referral_id, version), now, leave=False)
    except Refused:
        db.session.rollback()
        _settle(_waiting(referral_id, version), now, leave=True)
    db.session.commit()


def _waiting(referral_id: int, version: int) -> Referral | None:
    wanted = sa.select(Referral).where(
        Referral.id == referral_id, Referral.version == version, Referral.rule_at.is_not(None)
    )
    found: Referral | None = db.session.scalar(all_partners(wanted.with_for_update(), _WHY))
    return found


def _settle(referral: Referral | None, now: datetime, *, leave: bool) -> None:
    if referral is None:
        return
    told: dict[str, Any] = {"by": None, "at": now, "ref": referral.ref, "partner_id": referral.partner_id}
    reading = Reading.from_data(referral.reading)
    then = None if leave or _is_doubtful(referral, now) else verdict_of(reading)
    if then is None:
        referral.rule_at = None
        db.session.flush()
        publish(ReferralLeftToPerson(**told))
    elif then is Status.QUALIFIED:
        _move(referral, then, ReferralQualified(**told, referral_id=referral.id))
    else:
        reason, note = why_declined(reading)
        _move(referral, then, ReferralDeclined(**told, reason=reason), decline_reason=reason, decision_note=note)


def _move(referral: Referral, then: Status, event: Any, **why: Any) -> None:
    """Our promise to answer counts in no record: it measures people."""
    clock = sla.release(referral.ref, ClockKind.FIRST_ANSWER, event.at)
    actions.move(referral, then, event, seen_version=referral.version, clock=clock, decided_at=event.at, **why)


def _is_doubtful(referral: Referral, now: datetime) -> bool:
    """Something has come up since it was received."""
    has_look_alike = bool(sure_of([referral.ref], _ANY))
    return referral.status is not Status.SUBMITTED or has_look_alike or queries.is_contested(referral, now)
