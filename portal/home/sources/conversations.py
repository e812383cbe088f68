from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.conversation.models import Conversation
from portal.deals.models import Deal
from portal.deals.shares import is_deal_of
from portal.formats import local_day
from portal.home.queue import Task
from portal.home.sources.source import Moment, Source, part, task
from portal.partners.models import Partner
from portal.referrals.models import Referral


def _waiting(user: User, now: Moment) -> sa.Select[Any]:
    """Where a partner waits for a word of ours: on deals that are theirs, and on referrals that nobody has yet."""
    waits = Conversation
    mine = Deal.owner_id == user.id
    wanted = part(
        ref=Referral.ref,
        subject=Referral.company,
        partner=Partner.name,
        since=waits.waits_since,
        is_mine=sa.func.coalesce(mine, sa.false()),
    )
    joined = (
        wanted.select_from(waits)
        .join(Referral, Referral.id == waits.referral_id)
        .join(Partner, Partner.id == waits.partner_id)
        .outerjoin(Deal, is_deal_of(Referral.id))
    )
    nobodys = Deal.id.is_(None) if user.may(Permission.DECIDE_REFERRALS) else sa.false()
    return joined.where(waits.waits_since.is_not(None), mine | nobodys).order_by(waits.waits_since, waits.referral_id)


def _answer(row: Any, now: datetime) -> Task:
    url = f"/staff/referrals/{row.ref}#conversation"
    return task(f"Answer: {row.subject}", f"they wrote on {local_day(row.since)}", url, row)


WAITING_FOR_A_WORD = Source(Permission.ANSWER_PARTNERS, _waiting, _answer)
