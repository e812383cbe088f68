"""A protection rests while its deal is parked: the partner loses no day by our waiting."""

from datetime import datetime

from portal.extensions import db
from portal.referrals import queries
from portal.referrals.rules import ProtectionState

_RESTS_FROM = frozenset({ProtectionState.ACTIVE, ProtectionState.EXTENSION_REQUESTED})
_OVER = frozenset({ProtectionState.RELEASED, ProtectionState.REVOKED})


def pause(partner_id: int, referral_id: int, now: datetime) -> None:
    """Stop counting its days, or those of its tail. One that is over stays so."""
    protection = queries.protection_of(partner_id, referral_id)
    if protection.paused_at is not None or protection.state in _OVER or protection.tail_ends_at <= now:
        return
    protection.paused_at = now
    if protection.state in _RESTS_FROM and protection.ends_at > now:
        protection.state = ProtectionState.PAUSED
    db.session.flush()


def resume(partner_id: int, referral_id: int, now: datetime) -> None:
    """Count on: what was left of it when it was paused is left now."""
    protection = queries.protection_of(partner_id, referral_id)
    if protection.paused_at is None:
        return
    rested = now - protection.paused_at
    if protection.state is ProtectionState.PAUSED:
        protection.state = ProtectionState.ACTIVE
        protection.ends_at += rested
    protection.tail_ends_at += rested
    protection.paused_at = None
    db.session.flush()
