"""When proof may still be added to a referral by the partner."""

from datetime import datetime

import sqlalchemy as sa

from portal.errors import Refused
from portal.extensions import db
from portal.referrals.models import Protection, Referral
from portal.referrals.rules import keeps_others_out
from portal.scope import owned_by

OVER = "Proof is added while a referral is open, or protected. This one is neither any more."


def may_add(referral: Referral, protection: Protection | None, now: datetime) -> bool:
    """While it waits for a decision or its protection lives."""
    state, ends_at = (protection.state, protection.ends_at) if protection else (None, None)
    return keeps_others_out(referral.status, state, ends_at, now)


def check_may_add(referral: Referral, now: datetime) -> None:
    """Raises Refused once it is over."""
    of_it = sa.select(Protection).where(
        Protection.partner_id == referral.partner_id, Protection.referral_id == referral.id
    )
    if not may_add(referral, db.session.scalar(owned_by(of_it, referral.partner_id)), now):
        raise Refused(OVER)
