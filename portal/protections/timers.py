"""Protections whose time comes: those concerned are warned twice, then it ends, then its tail does."""

from datetime import datetime

import sqlalchemy as sa

from portal.events import publish
from portal.extensions import db
from portal.protections import moving, queries
from portal.protections.events import ProtectionEndsSoon, ProtectionOver
from portal.referrals.deadlines import WARN_BEFORE, warnings_past
from portal.referrals.models import Protection
from portal.referrals.rules import ProtectionState
from portal.scope import all_partners

_WHY = "protections of all partners whose time comes"
_TIMED = (ProtectionState.ACTIVE, ProtectionState.TAIL)


def due(now: datetime, limit: int) -> list[tuple[int, int]]:
    """Those to warn of, to end, or whose tail is over, each with its version. What rests has no time."""
    p = Protection
    counts = p.paused_at.is_(None)
    steps = [(number, now + before) for number, before in enumerate(WARN_BEFORE)] + [(len(WARN_BEFORE), now)]
    looks = [
        sa.select(p.id, p.version)
        .where(p.state == ProtectionState.ACTIVE, p.warned == number, p.ends_at <= until, counts)
        .limit(limit)
        for number, until in steps
    ]
    over = sa.select(p.id, p.version).where(p.state == ProtectionState.TAIL, p.tail_ends_at <= now, counts)
    together = sa.union_all(*(sa.select(look.subquery()) for look in [*looks, over.limit(limit)])).limit(limit)
    return [(row.id, row.version) for row in db.session.execute(all_partners(together, _WHY))]


def attempt(protection_id: int, version: int, now: datetime) -> None:
    """Take the step that is due and commit; one that was moved meanwhile is left alone."""
    wanted = sa.select(Protection).where(
        Protection.id == protection_id,
        Protection.version == version,
        Protection.state.in_(_TIMED),
        Protection.paused_at.is_(None),
    )
    protection = db.session.scalar(all_partners(wanted.with_for_update(), _WHY))
    if protection is not None:
        _follow(protection, now)
    db.session.commit()


def _follow(protection: Protection, now: datetime) -> None:
    ref = queries.ref_of(protection.partner_id, protection.referral_id)
    told = moving.told(protection, None, now, ref)
    if protection.state is ProtectionState.TAIL:
        if protection.tail_ends_at <= now:
            moving.move(protection, ProtectionState.EXPIRED, ProtectionOver(**told))
    elif protection.ends_at <= now:
        moving.end(protection, now, ref=ref)
    elif (warned := warnings_past(protection.ends_at, now)) > protection.warned:
        _note(protection, warned)
        publish(ProtectionEndsSoon(**told, until_on=moving.day_of(protection.ends_at)))


def _note(protection: Protection, warned: int) -> None:
    """The version stays: nobody's decision is overtaken by a reminder."""
    noted = sa.update(Protection).where(Protection.id == protection.id).values(warned=warned)
    db.session.execute(all_partners(noted, _WHY))
