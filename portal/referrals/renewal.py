"""A claim that begins anew under its old reference: one that expired is sent again, one that was declined is decided
anew."""

from datetime import datetime
from typing import Any

from portal.auth.models import User
from portal.criteria import queries as criteria
from portal.criteria.reading import read
from portal.errors import Overtaken, Refused
from portal.formats import local_day
from portal.lookalikes import actions as lookalikes
from portal.referrals import actions, queries, rules
from portal.referrals.claim_events import ReferralRenewed, ReferralReopened
from portal.referrals.claims import why_not_renewed
from portal.referrals.introduction import answers_of
from portal.referrals.models import Referral
from portal.referrals.receiving import entry_of
from portal.referrals.rules import Status
from portal.sla import actions as sla
from portal.sla.models import SlaClock
from portal.sla.rules import ClockKind

TAKEN = (
    "Another claim to this company stands now, so it cannot be sent again as it is. Introduce it anew if you know"
    " them: a person then says, by the printed rules, whether it counts."
)
ERASED = "The contact wants nothing to be kept of them, so this referral stays as it is."
_UNDECIDED: dict[str, Any] = {
    "decided_at": None,
    "decided_by_id": None,
    "decline_reason": None,
    "decision_note": "",
    "overruled_because": "",
}


def renew(by: User, referral: Referral, *, seen_version: int, now: datetime, consent: bool) -> None:
    """Send an expired referral again: the agreement and the criteria of today hold for it, and a new promise runs.

    Raises Refused where it is not expired, where another claim stands, and where the company may not refer."""
    if referral.version != seen_version:
        raise Overtaken
    if why := why_not_renewed(referral.status, referral.decided_at, local_day):
        raise Refused(why)
    check_kept(referral)
    if not consent:
        raise Refused("Without their consent we cannot contact them. Ask them first.", "consent")
    agreement = actions.agreement_of(by, now)
    lookalikes.take_turn([entry_of(referral).asked])
    _check_not_introduced(referral)
    if queries.is_contested(referral, now):
        raise Refused(TAKEN)
    reading = read(criteria.published(), answers_of(referral, consent=True))
    minutes = agreement.terms.answer_minutes
    clock = sla.start(ClockKind.FIRST_ANSWER, referral.ref, referral.partner_id, now, minutes)
    lookalikes.count_since(referral.ref, now)
    again: dict[str, Any] = {
        "renewed_at": now,
        "agreement_id": agreement.id,
        "criteria_number": reading.version,
        "reading": reading.to_data(),
        **_asked_before(referral),
        **_UNDECIDED,
    }
    event = ReferralRenewed(**_told(by, referral, now), referral_id=referral.id)
    actions.move(referral, Status.SUBMITTED, event, seen_version=seen_version, clock=clock, **again)


def reopen(by: User, referral: Referral, *, now: datetime) -> SlaClock:
    """An appeal was upheld: somebody else than who declined decides anew, within a new promise.

    Raises Refused where the company was introduced again meanwhile."""
    rules.check_move(referral.status, Status.UNDER_REVIEW)
    check_kept(referral)
    lookalikes.take_turn([entry_of(referral).asked])
    _check_not_introduced(referral)
    minutes = queries.terms_of(referral.partner_id, referral.agreement_id).answer_minutes
    clock = sla.start(ClockKind.FIRST_ANSWER, referral.ref, referral.partner_id, now, minutes)
    event = ReferralReopened(**_told(by, referral, now), referral_id=referral.id)
    anew = {**_UNDECIDED, "first_decider_id": referral.decided_by_id}
    actions.move(referral, Status.UNDER_REVIEW, event, seen_version=referral.version, clock=clock, **anew)
    return clock


def _asked_before(referral: Referral) -> dict[str, Any]:
    """The question that stayed open is kept with the earlier ones."""
    asked = [[referral.question, referral.answer]] if referral.question else []
    return {"question": "", "answer": "", "asked_before": referral.asked_before + asked}


def check_kept(referral: Referral) -> None:
    """Raise Refused where nothing of its contact is left."""
    if referral.erased_at is not None:
        raise Refused(ERASED)


def _check_not_introduced(referral: Referral) -> None:
    if before := queries.open_or_protected(referral.partner_id, referral.domain):
        raise actions.Introduced(before)


def _told(by: User, referral: Referral, now: datetime) -> dict[str, Any]:
    return {"by": by.id, "at": now, "ref": referral.ref, "partner_id": referral.partner_id}
