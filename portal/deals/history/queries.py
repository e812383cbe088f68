from collections import Counter
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.auth.models import User
from portal.deals.history.rules import DAYS, MOST, Lately
from portal.deals.models import Deal
from portal.deals.queries import visible_to as deals_visible_to
from portal.extensions import db
from portal.referrals.models import Referral
from portal.referrals.queries import visible_to as referrals_visible_to
from portal.referrals.rules import Status


def lately(user: User, partner_id: int, now: datetime) -> Lately:
    """What became of a partner's referrals of the last weeks, and how long its deals that were won took."""
    since = now - timedelta(days=DAYS)
    newest = (
        referrals_visible_to(user, Referral.status, Referral.decline_reason)
        .where(Referral.partner_id == partner_id, Referral.received_at >= since, Referral.status != Status.DRAFT)
        .order_by(Referral.received_at.desc(), Referral.id.desc())
        .limit(MOST)
    )
    rows = db.session.execute(newest).all()
    won = (
        deals_visible_to(user, Deal.won_on, Referral.received_at)
        .join(Referral, sa.and_(Referral.partner_id == Deal.partner_id, Referral.id == Deal.referral_id))
        .where(Deal.partner_id == partner_id, Deal.won_on >= since.date())
        .order_by(Deal.won_on.desc())
        .limit(MOST)
    )
    return Lately(
        counts=Counter(row.status for row in rows),
        reasons=Counter(row.decline_reason for row in rows if row.decline_reason),
        days_to_win=tuple((row.won_on - row.received_at.date()).days for row in db.session.execute(won)),
    )
