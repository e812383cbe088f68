"""More time for a partner who shows that something is moving: asked for once, decided by a person, within a promise."""

from datetime import date, datetime, timedelta

from portal.auth.models import User
from portal.errors import Overtaken, Refused
from portal.events import publish
from portal.extensions import db
from portal.formats import when_words
from portal.protections import queries, rules
from portal.protections.events import ExtensionAsked, ExtensionGranted, ExtensionLapsed, ExtensionRefused
from portal.protections.models import Extension
from portal.protections.moving import day_of, end, move, told
from portal.protections.rules import ExtensionState
from portal.referrals.claims import why_not_extended
from portal.referrals.deadlines import warnings_past
from portal.referrals.models import Protection, Referral
from portal.referrals.queries import protection_of, terms_of
from portal.referrals.rules import ProtectionState
from portal.refs import new_ref
from portal.sla import actions as sla
from portal.sla.models import SlaClock
from portal.sla.rules import ClockKind, ClockState

_KIND = ClockKind.DECISION


def ask(by: User, referral: Referral, *, now: datetime, happened: str, meets_on: date | None) -> Extension:
    """The partner says what happened since. Until we have answered, the protection does not end.

    Raises Refused outside of the last days, where the terms know no extension, and a second time."""
    protection = queries.protection_or_none(referral)
    if protection is None:
        raise Refused("Nothing is protected here. Nothing was changed.")
    days = terms_of(referral.partner_id, referral.agreement_id).extension_days
    had = queries.extension_of(referral.partner_id, referral.id)
    had_at = None if had is None or had.state is ExtensionState.LAPSED else had.settled_at
    ends_at = protection.ended_at or protection.ends_at
    if why := why_not_extended(protection.state, ends_at, now, days=days, had_at=had_at, when=when_words):
        raise Refused(why)
    if meets_on is not None and meets_on < day_of(now):
        raise Refused("The day on which you meet them cannot lie behind.", "meets_on")
    asked = Extension(
        ref=new_ref("EX", Extension.ref),
        partner_id=referral.partner_id,
        referral_id=referral.id,
        by_id=by.id,
        state=ExtensionState.ASKED,
        asked_at=now,
        happened=happened,
        meets_on=meets_on,
        days=days,
    )
    db.session.add(asked)
    db.session.flush()
    sla.start(_KIND, asked.ref, referral.partner_id, now)
    move(protection, ProtectionState.EXTENSION_REQUESTED)
    publish(ExtensionAsked(**told(protection, by.id, now, referral.ref), extension_id=asked.id))
    return asked


def grant(by: User, referral: Referral, *, seen_version: int, now: datetime, reason: str) -> None:
    """It is longer by what the terms say, and by how late we answered."""
    asked, protection, late = _decides(by, referral, seen_version, now)
    _settle(asked, ExtensionState.GRANTED, by.id, now, reason)
    _lengthen(protection, timedelta(days=asked.days) + late)
    protection.warned = warnings_past(protection.ends_at, now)
    if protection.state is ProtectionState.EXTENSION_REQUESTED:
        move(protection, ProtectionState.ACTIVE)
    db.session.flush()
    until_on = day_of(protection.ends_at)
    publish(ExtensionGranted(**told(protection, by.id, now, referral.ref), extension_id=asked.id, until_on=until_on))


def refuse(by: User, referral: Referral, *, seen_version: int, now: datetime, reason: str) -> None:
    """It stays as long as it was, but for how late we answered; where that is behind, it ends now.

    Raises Refused without a reason."""
    if not reason.strip():
        raise Refused("Say why; the partner reads it.", "reason")
    asked, protection, late = _decides(by, referral, seen_version, now)
    _settle(asked, ExtensionState.REFUSED, by.id, now, reason)
    is_paused = protection.state is ProtectionState.PAUSED
    waited = timedelta() if is_paused else max(timedelta(), now - protection.ends_at - late)
    _lengthen(protection, late + waited)
    publish(ExtensionRefused(**told(protection, by.id, now, referral.ref), extension_id=asked.id))
    if is_paused:
        return
    if protection.ends_at <= now:
        end(protection, now, ref=referral.ref)
    else:
        move(protection, ProtectionState.ACTIVE)


def lapse(protection: Protection, now: datetime) -> None:
    """The protection ends otherwise; whatever was asked for is settled by that."""
    asked = queries.open_extension(protection.partner_id, protection.referral_id)
    if asked is None:
        return
    sla.release(asked.ref, _KIND, now)
    _settle(asked, ExtensionState.LAPSED, None, now, "")
    ref = queries.ref_of(protection.partner_id, protection.referral_id)
    publish(ExtensionLapsed(**told(protection, None, now, ref), extension_id=asked.id))


def _decides(by: User, referral: Referral, seen_version: int, now: datetime) -> tuple[Extension, Protection, timedelta]:
    """The request, the protection, and how late we are with the answer."""
    queries.check_not_enterer(by, referral)
    asked = queries.open_extension(referral.partner_id, referral.id)
    if asked is None or asked.version != seen_version:
        raise Overtaken
    clock = sla.meet(asked.ref, _KIND, now)
    return asked, protection_of(referral.partner_id, referral.id), late_by(clock, now)


def late_by(clock: SlaClock, now: datetime) -> timedelta:
    """The delay of an answer that was promised earlier."""
    return max(timedelta(), now - clock.due_at) if clock.state is ClockState.BREACHED else timedelta()


def _settle(asked: Extension, then: ExtensionState, by_id: int | None, now: datetime, reason: str) -> None:
    rules.check_extension_move(asked.state, then)
    asked.state, asked.settled_at, asked.decided_by_id, asked.reason = then, now, by_id, reason.strip()
    db.session.flush()


def _lengthen(protection: Protection, by: timedelta) -> None:
    protection.ends_at += by
    protection.tail_ends_at += by
