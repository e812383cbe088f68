"""What happens to a protection: it rests with its deal, ends with it, is given back, revoked, restored."""

from datetime import datetime, timedelta

from portal.auth.models import User
from portal.errors import Overtaken, Refused
from portal.extensions import db
from portal.protections import extending, queries
from portal.protections.events import ProtectionReleased, ProtectionRestored, ProtectionRevoked
from portal.protections.moving import bring_back, move, told
from portal.protections.rules import ENDED_WITH_DEAL
from portal.referrals.models import Protection, Referral
from portal.referrals.queries import is_contested, protection_of, terms_of
from portal.referrals.rules import PROTECTION_LIVE, Ending, ProtectionState

_OVER = frozenset({ProtectionState.RELEASED, ProtectionState.REVOKED, ProtectionState.EXPIRED})


def pause(partner_id: int, referral_id: int, now: datetime) -> None:
    """Stop counting its days, or those of its tail. One that is over stays so."""
    protection = protection_of(partner_id, referral_id)
    if protection.paused_at is not None or protection.state in _OVER or protection.tail_ends_at <= now:
        return
    protection.paused_at = now
    asked = protection.state is ProtectionState.EXTENSION_REQUESTED
    if asked or (protection.state is ProtectionState.ACTIVE and protection.ends_at > now):
        move(protection, ProtectionState.PAUSED)
    db.session.flush()


def resume(partner_id: int, referral_id: int, now: datetime, *, rested: bool = True) -> None:
    """Count on: what was left of it when it was paused is left now. Where it was paused by mistake, it did not rest."""
    protection = protection_of(partner_id, referral_id)
    if protection.paused_at is None:
        return
    pause = now - protection.paused_at if rested else timedelta()
    if protection.state is ProtectionState.PAUSED:
        is_asked = queries.open_extension(partner_id, referral_id) is not None
        move(protection, ProtectionState.EXTENSION_REQUESTED if is_asked else ProtectionState.ACTIVE)
        protection.ends_at += pause
    protection.tail_ends_at += pause
    protection.paused_at = None
    db.session.flush()


def end_with_deal(partner_id: int, referral_id: int, ending: Ending, now: datetime) -> None:
    """The deal is won or lost, so nobody is kept out any more. The dates stay: what closes by them counts."""
    protection = protection_of(partner_id, referral_id)
    counted = protection.state is ProtectionState.TAIL and ending is Ending.DEAL_WON
    if protection.state in PROTECTION_LIVE or counted:
        extending.lapse(protection, now)
        move(protection, ProtectionState.RELEASED, ended_at=now, ending=ending)


def return_with_deal(partner_id: int, referral_id: int, now: datetime, *, undone: bool) -> bool:
    """The deal is open again. It keeps others out again, unless one came meanwhile: an undone mistake of ours takes
    nothing from the partner, but whoever came in between keeps their claim against a deal that was given up.

    Returns whether it does."""
    protection = protection_of(partner_id, referral_id)
    if protection.ending not in ENDED_WITH_DEAL:
        return False
    comes_back = undone or not is_contested(queries.referral_of(partner_id, referral_id), now)
    if comes_back:
        bring_back(protection, now)
    return comes_back


def give_back(by: User, referral: Referral, *, seen_version: int, now: datetime) -> None:
    """The partner does not work on this any more: others may introduce the company, and the tail begins today.

    Raises Refused where nothing is protected, Overtaken where the protection changed since it was looked at."""
    protection = _seen(referral, seen_version)
    if protection.state not in PROTECTION_LIVE:
        raise Refused("Nothing is protected here any more. Nothing was changed.")
    terms = terms_of(referral.partner_id, referral.agreement_id)
    extending.lapse(protection, now)
    released = ProtectionReleased(**told(protection, by.id, now, referral.ref))
    ended = {"ended_at": now, "ending": Ending.GIVEN_BACK, "ended_by_id": by.id, "paused_at": None}
    ends_at = max(now, protection.starts_at + timedelta(seconds=1))
    until = {"ends_at": ends_at, "tail_ends_at": ends_at + timedelta(days=terms.tail_days)}
    move(protection, ProtectionState.RELEASED, released, **ended, **until)


def revoke(by: User, referral: Referral, *, seen_version: int, now: datetime, reason: str) -> None:
    """Staff take it away, with a reason that the partner reads, and may appeal.

    Raises Refused without a reason and where there is nothing to revoke, Overtaken on an older version."""
    protection = _seen(referral, seen_version)
    queries.check_not_enterer(by, referral)
    if not reason.strip():
        raise Refused("Say why; the partner reads it, and may appeal.", "reason")
    extending.lapse(protection, now)
    _count_rest(protection, now)
    revoked = ProtectionRevoked(**told(protection, by.id, now, referral.ref))
    ended = {"ended_at": now, "ending": Ending.REVOKED, "end_reason": reason.strip(), "ended_by_id": by.id}
    move(protection, ProtectionState.REVOKED, revoked, **ended)


def restore(by: User, referral: Referral, *, now: datetime, late: timedelta) -> None:
    """It was revoked wrongly: it holds again, and is longer by the time that it was taken away, and that we were late
    to say so."""
    protection = protection_of(referral.partner_id, referral.id)
    if protection.state is not ProtectionState.REVOKED or protection.ended_at is None:
        raise Refused("This protection is not revoked any more. Nothing was changed.")
    missed = now - protection.ended_at + late
    protection.ends_at += missed
    protection.tail_ends_at += missed
    bring_back(protection, now, ProtectionRestored(**told(protection, by.id, now, referral.ref)))


def _seen(referral: Referral, seen_version: int) -> Protection:
    protection = queries.protection_or_none(referral)
    if protection is None:
        raise Refused("Nothing is protected here. Nothing was changed.")
    if protection.version != seen_version:
        raise Overtaken
    return protection


def _count_rest(protection: Protection, now: datetime) -> None:
    """What rested until now is not lost with it."""
    if protection.paused_at is not None:
        rested = now - protection.paused_at
        if protection.state is ProtectionState.PAUSED:
            protection.ends_at += rested
        protection.tail_ends_at += rested
        protection.paused_at = None
