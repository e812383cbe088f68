"""Who is told of what happens to a claim over time. Whoever has to decide is, and never who may not."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from portal.appeals.events import AppealOpened, AppealRejected
from portal.auth.rules import Role
from portal.conversation.mail_links import Purpose, offers
from portal.events import Event, reacts_to
from portal.notifications import claim_queries as queries
from portal.notifications.actions import tell
from portal.notifications.messages import Message
from portal.notifications.messages import claims as words
from portal.notifications.readers import LEADS, Reader, company, person, staff
from portal.protections.events import (
    ExtensionAsked,
    ExtensionGranted,
    ExtensionRefused,
    ProtectionEnded,
    ProtectionEndsSoon,
    ProtectionReleased,
    ProtectionRestored,
    ProtectionRevoked,
)
from portal.referrals.claim_events import ReferralExpired, ReferralExpiresSoon, ReferralRenewed, ReferralReopened
from portal.referrals.expiry import appeal_until


@reacts_to(ReferralExpiresSoon)
def question_stays_open(event: ReferralExpiresSoon) -> None:
    found = queries.claim(event.ref)
    told = partial(words.expires_soon, company=found.company, question=found.question, ref=found.ref)
    can = offers(found.id, found.version, Purpose.ANSWER, Purpose.STATUS, Purpose.WITHDRAWAL)
    _tell_sender(event, found, lambda reader: told(until=reader.day(event.until_on)), offers=can)


@reacts_to(ReferralExpired)
def referral_expired(event: ReferralExpired) -> None:
    found = queries.claim(event.ref)
    _tell_sender(event, found, lambda _: words.expired(company=found.company, ref=found.ref))


@reacts_to(ReferralRenewed)
def referral_renewed(event: ReferralRenewed) -> None:
    found = queries.claim(event.ref)
    receipt = partial(words.renewed, company=found.company, ref=found.ref)
    _tell_sender(event, found, lambda reader: receipt(due=reader.when(found.due_at)), receipt=True)
    told = partial(words.to_decide_again, company=found.company, partner=found.partner, ref=found.ref)
    tell(event, staff(Role.QUALIFIER, event.at), lambda reader: told(due=reader.when(found.due_at)))


@reacts_to(ProtectionEndsSoon)
def protection_ends_soon(event: ProtectionEndsSoon) -> None:
    found = queries.claim(event.ref)
    days = queries.days_to_ask_for(found)
    told = partial(words.ends_soon, company=found.company, days=days, ref=found.ref)
    can = offers(found.id, found.version, *([Purpose.EXTENSION] if days else []), Purpose.STATUS)
    _tell_sender(
        event, found, lambda reader: told(until=_day(reader, found), tail_until=_tail(reader, found)), offers=can
    )
    if found.owner_id is not None:
        mine = partial(words.ends_soon_for_owner, company=found.company, partner=found.partner, ref=found.deal_ref)
        tell(event, person(found.owner_id, event.at), lambda reader: mine(until=_day(reader, found)))


@reacts_to(ProtectionEnded)
def protection_ended(event: ProtectionEnded) -> None:
    found = queries.claim(event.ref)
    told = partial(words.ended, company=found.company, ref=found.ref)
    _tell_sender(event, found, lambda reader: told(tail_until=_tail(reader, found)))


@reacts_to(ProtectionReleased)
def protection_given_back(event: ProtectionReleased) -> None:
    found = queries.claim(event.ref)
    if found.owner_id is not None:
        told = words.given_back(company=found.company, partner=found.partner, ref=found.deal_ref)
        tell(event, person(found.owner_id, event.at), lambda _: told)


@reacts_to(ProtectionRevoked)
def protection_revoked(event: ProtectionRevoked) -> None:
    found, until = queries.claim(event.ref), appeal_until(event.at)
    told = partial(words.revoked, company=found.company, reason=found.end_reason, ref=found.ref)
    _tell_sender(event, found, lambda reader: told(until=reader.day_of(until)))


@reacts_to(ExtensionAsked)
def extension_asked(event: ExtensionAsked) -> None:
    found, asked = queries.claim(event.ref), queries.extension(event.extension_id)
    told = partial(words.extension_asked, company=found.company, partner=found.partner, ref=found.ref)
    _tell_deciders(event, found, asked.due_at, told)


@reacts_to(ExtensionGranted)
def extension_granted(event: ExtensionGranted) -> None:
    found, asked = queries.claim(event.ref), queries.extension(event.extension_id)
    told = partial(words.extension_granted, company=found.company, reason=asked.reason, ref=found.ref)
    _tell_sender(event, found, lambda reader: told(until=_day(reader, found)))


@reacts_to(ExtensionRefused)
def extension_refused(event: ExtensionRefused) -> None:
    found, asked = queries.claim(event.ref), queries.extension(event.extension_id)
    told = partial(words.extension_refused, company=found.company, reason=asked.reason, ref=found.ref)
    stays = "It stays protected until {}." if found.ends_at > event.at else "The protection ended with that, on {}."
    _tell_sender(event, found, lambda reader: told(until=stays.format(_day(reader, found))))


@reacts_to(AppealOpened)
def appeal_opened(event: AppealOpened) -> None:
    found, appeal = queries.claim(event.ref), queries.appeal(event.appeal_id)
    told = partial(words.appealed, company=found.company, partner=found.partner, ref=appeal.ref)
    _tell_deciders(event, found, appeal.due_at, told, nor=appeal.against_id)


@reacts_to(ReferralReopened)
def reopened(event: ReferralReopened) -> None:
    found = queries.claim(event.ref)
    told = partial(words.declined_upheld, company=found.company, reason=queries.upheld(event.ref), ref=found.ref)
    _tell_sender(event, found, lambda reader: told(due=reader.when(found.due_at)))
    again = partial(words.to_decide_anew, company=found.company, partner=found.partner, ref=found.ref)
    readers = [each for each in staff(Role.QUALIFIER, event.at) if each.id != found.first_decider_id]
    tell(event, readers, lambda reader: again(due=reader.when(found.due_at)))


@reacts_to(ProtectionRestored)
def restored(event: ProtectionRestored) -> None:
    found = queries.claim(event.ref)
    told = partial(words.revocation_upheld, company=found.company, reason=queries.upheld(event.ref), ref=found.ref)
    _tell_sender(event, found, lambda reader: told(until=_day(reader, found)))


@reacts_to(AppealRejected)
def appeal_rejected(event: AppealRejected) -> None:
    found, appeal = queries.claim(event.ref), queries.appeal(event.appeal_id)
    told = words.appeal_rejected(company=found.company, reason=appeal.reason, ref=found.ref)
    _tell_sender(event, found, lambda _: told)


def _tell_sender(event: Event, found: Any, message: Callable[[Reader], Message], **given: Any) -> None:
    tell(event, company(event, LEADS, also=[found.by_id]), message, **given)


def _tell_deciders(
    event: Event, found: Any, due_at: datetime, message: Callable[..., Message], nor: int | None = None
) -> None:
    """Qualifiers and partner managers, but for those who have a hand in it."""
    readers = {each.id: each for role in (Role.QUALIFIER, Role.PARTNER_MANAGER) for each in staff(role, event.at)}
    concerned = [each for each in readers.values() if each.id not in (found.entered_by_id, nor)]
    tell(event, concerned, lambda reader: message(due=reader.when(due_at)))


def _day(reader: Reader, found: Any) -> str:
    return reader.day_of(found.ends_at)


def _tail(reader: Reader, found: Any) -> str:
    return reader.day_of(found.tail_ends_at)
