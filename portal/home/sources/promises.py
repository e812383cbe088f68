"""What partners were promised and have not got: whoever looks after them watches it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.deals.models import Deal
from portal.home.queue import Task
from portal.home.sources.referrals import decided_by_another
from portal.home.sources.source import Moment, Source, part
from portal.partners.models import Partner
from portal.referrals.models import Referral
from portal.sla.models import SlaClock
from portal.sla.rules import KIND_LABEL, ClockKind, ClockState

_ANSWERS = (ClockKind.FIRST_ANSWER, ClockKind.DECISION)
_WATCHED = (*_ANSWERS, ClockKind.PERIODIC_UPDATE)


def _missed(user: User, now: Moment) -> sa.Select[Any]:
    """Whoever decides referrals has the late ones in the queue already, but for those that another one decides."""
    clock = SlaClock
    late = part(
        ref=clock.ref,
        step=clock.kind,
        subject=sa.func.coalesce(Deal.company, Referral.company),
        partner=Partner.name,
        due_at=clock.due_at,
    )
    joined = late.select_from(clock).join(Partner, Partner.id == clock.partner_id)
    joined = joined.outerjoin(Deal, Deal.ref == clock.ref).outerjoin(Referral, Referral.ref == clock.ref)
    is_open = (clock.state == ClockState.BREACHED) & clock.settled_at.is_(None)
    is_there = Deal.id.is_not(None) | Referral.id.is_not(None)
    watched = joined.where(is_open, is_there, clock.kind.in_(_WATCHED))
    if user.may(Permission.DECIDE_REFERRALS):
        watched = watched.where(clock.kind.not_in(_ANSWERS) | decided_by_another(user))
    return watched.order_by(clock.due_at, clock.id)


def _watch(row: Any, now: datetime) -> Task:
    kind = KIND_LABEL[ClockKind(row.step)].lower()
    records = "deals" if row.ref.startswith("D-") else "referrals"
    return Task(
        title=f"Missed: {kind}, {row.subject}",
        about="see that it comes",
        partner=row.partner,
        url=f"/staff/{records}/{row.ref}",
        due_at=row.due_at,
        is_promise=True,
    )


MISSED = Source(Permission.MANAGE_PARTNERS, _missed, _watch)
