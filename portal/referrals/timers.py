"""Referrals whose question stays open: the partner is warned twice, then it expires."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.clock import local_date
from portal.events import publish
from portal.extensions import db
from portal.referrals import actions
from portal.referrals.claim_events import ReferralExpired, ReferralExpiresSoon
from portal.referrals.deadlines import WARN_BEFORE, warnings_past
from portal.referrals.models import Referral
from portal.referrals.rules import Status
from portal.scope import all_partners
from portal.sla.queries import calendar

_WHY = "referrals of all partners whose question stays open"


def due(now: datetime, limit: int) -> list[tuple[int, int]]:
    """Those to warn of or to end now, each with its version, by three looks into one index."""
    r = Referral
    steps = [(number, now + before) for number, before in enumerate(WARN_BEFORE)] + [(len(WARN_BEFORE), now)]
    looks = [
        sa.select(r.id, r.version).where(r.warned == number, r.answer_by <= until).limit(limit)
        for number, until in steps
    ]
    together = sa.union_all(*(sa.select(look.subquery()) for look in looks)).limit(limit)
    return [(row.id, row.version) for row in db.session.execute(all_partners(together, _WHY))]


def attempt(referral_id: int, version: int, now: datetime) -> None:
    """Warn, or end it, and commit; one that was answered or moved meanwhile is left alone."""
    wanted = sa.select(Referral).where(
        Referral.id == referral_id, Referral.version == version, Referral.status == Status.NEEDS_INFO
    )
    referral = db.session.scalar(all_partners(wanted.with_for_update(), _WHY))
    if referral is not None and referral.answer_by is not None:
        _follow(referral, referral.answer_by, now)
    db.session.commit()


def _follow(referral: Referral, answer_by: datetime, now: datetime) -> None:
    told: dict[str, Any] = {"by": None, "at": now, "ref": referral.ref, "partner_id": referral.partner_id}
    if answer_by <= now:
        expired = ReferralExpired(**told)
        actions.move(referral, Status.EXPIRED, expired, seen_version=referral.version, decided_at=now)
    elif (warned := warnings_past(answer_by, now)) > referral.warned:
        _note(referral, warned)
        publish(ReferralExpiresSoon(**told, until_on=local_date(answer_by, str(calendar().zone))))


def _note(referral: Referral, warned: int) -> None:
    """The version stays: nobody's answer is overtaken by a reminder."""
    noted = sa.update(Referral).where(Referral.id == referral.id).values(warned=warned)
    db.session.execute(all_partners(noted, _WHY))
