"""What people can do to referrals. Every change of state goes through `move`."""

from datetime import datetime, timedelta
from typing import Any

from portal.agreements import queries as agreements
from portal.agreements.queries import InForce
from portal.auth.models import User
from portal.criteria import queries as criteria
from portal.criteria.rules import Criteria, Reading
from portal.errors import Overtaken, Refused
from portal.events import Event, publish
from portal.extensions import db
from portal.lookalikes import actions as lookalikes
from portal.lookalikes.domains import domain_of
from portal.lookalikes.likeness import Company
from portal.lookalikes.queries import Asked
from portal.partners import actions as partners
from portal.partners.rules import LABEL as PARTNER_LABEL
from portal.partners.rules import MAY_REFER, PartnerState
from portal.referrals import expiry, promises, queries, rules, turns
from portal.referrals.decline_reasons import DeclineReason
from portal.referrals.entered import Entered
from portal.referrals.events import (
    ReferralAnswered,
    ReferralAsked,
    ReferralDeclined,
    ReferralQualified,
    ReferralWithdrawn,
)
from portal.referrals.introduction import Introduction
from portal.referrals.models import Protection, Referral
from portal.referrals.receiving import receive
from portal.referrals.rules import FAR, OWED, ProtectionState, Status
from portal.sla.models import SlaClock


class Introduced(Refused):
    """The partner has introduced this company already, under `ref`."""

    def __init__(self, ref: str) -> None:
        super().__init__(f"You referred them already: {ref}.", "website")
        self.ref = ref


def submit(
    by: User,
    *,
    now: datetime,
    answers: Introduction,
    entered: Entered | None = None,
    under: InForce | None = None,
    published: Criteria | None = None,
) -> Referral:
    """Receive an introduction: read it against the criteria of today and start the clock that the agreement promises.
    The agreement in force and the criteria are read here unless whoever asks has just read them.

    Raises Refused without an agreement in force, without consent, and where the company was introduced before."""
    under = agreement_of(by, now, under)
    domain = domain_of(answers.website)
    lookalikes.take_turn([Asked(Company(answers.company, domain))])
    turn = turns.begin(under.partner_id, domain)
    if turn.introduced is not None:
        raise Introduced(turn.introduced)
    if not answers.consent:
        raise Refused("Without their consent we cannot contact them. Ask them first.", "consent")
    read_by = published or criteria.published()
    (referral,) = receive(by, under, read_by, [answers], now=now, entered=entered, turn=turn)
    return referral


def ask(by: User, referral: Referral, *, seen_version: int, now: datetime, question: str) -> None:
    """Ask the partner; our clock stands still until it answers."""
    _check_decider(by, referral)
    before = [[referral.question, referral.answer]] if referral.question else []
    changes: dict[str, Any] = {
        "question": question,
        "answer": "",
        "asked_before": referral.asked_before + before,
        **expiry.begins(now),
    }
    event = ReferralAsked(**_facts(by, referral, now))
    move(referral, Status.NEEDS_INFO, event, seen_version=seen_version, **changes)


def answer(by: User, referral: Referral, *, seen_version: int, now: datetime, text: str) -> None:
    """The partner answers, and our clock runs on."""
    if referral.status is not Status.NEEDS_INFO:
        raise Refused("There is no open question any more. Nothing was changed.")
    event = ReferralAnswered(**_facts(by, referral, now))
    move(referral, Status.UNDER_REVIEW, event, seen_version=seen_version, answer=text)


def qualify(by: User, referral: Referral, *, seen_version: int, now: datetime, because: str = "") -> None:
    """Accept the introduction: protection begins, and whoever reacts opens the deal in this same transaction."""
    _check_decider(by, referral)
    contested = queries.is_contested(referral, now)
    outcome = Reading.from_data(referral.reading).outcome
    rules.check_reason(outcome, Status.QUALIFIED, contested=contested, because=because)
    event = ReferralQualified(**_facts(by, referral, now), referral_id=referral.id)
    decided: dict[str, Any] = {"decided_at": now, "decided_by_id": by.id, "overruled_because": because}
    move(referral, Status.QUALIFIED, event, seen_version=seen_version, **decided)


def decline(
    by: User,
    referral: Referral,
    *,
    seen_version: int,
    now: datetime,
    reason: DeclineReason,
    note: str = "",
    because: str = "",
) -> None:
    """Say no, with the reason, and what would change it."""
    _check_decider(by, referral)
    if reason is DeclineReason.OTHER and not note:
        raise Refused("Say in a sentence why; the partner reads it.", "note")
    outcome = Reading.from_data(referral.reading).outcome
    rules.check_reason(outcome, Status.DECLINED, contested=False, because=because)
    event = ReferralDeclined(**_facts(by, referral, now), reason=reason)
    decided: dict[str, Any] = {
        "decided_at": now,
        "decided_by_id": by.id,
        "decline_reason": reason,
        "decision_note": note,
    }
    move(referral, Status.DECLINED, event, seen_version=seen_version, **decided, overruled_because=because)


def withdraw(by: User, referral: Referral, *, seen_version: int, now: datetime) -> None:
    """The partner takes it back; nothing is owed any more, and the company may be introduced again."""
    event = ReferralWithdrawn(**_facts(by, referral, now))
    move(referral, Status.WITHDRAWN, event, seen_version=seen_version, decided_at=now, decided_by_id=by.id)


def end_without_contact(by_id: int | None, referral: Referral, *, now: datetime) -> None:
    """The contact wants nothing to be kept of them: an open referral ends, by the move that its state allows."""
    told: dict[str, Any] = {"by": by_id, "at": now, "ref": referral.ref, "partner_id": referral.partner_id}
    decided: dict[str, Any] = {"seen_version": referral.version, "decided_at": now}
    if Status.DECLINED in rules.NEXT[referral.status]:
        reason = DeclineReason.CONSENT_WITHDRAWN
        declined = ReferralDeclined(**told, reason=reason)
        move(referral, Status.DECLINED, declined, **decided, decline_reason=reason)
    else:
        move(referral, Status.WITHDRAWN, ReferralWithdrawn(**told), **decided)


def check_not_enterer(by: User, referral: Referral) -> None:
    """Whoever entered a referral for the partner, or decided on it before, has an interest of their own in it."""
    if why := rules.why_not(by.id, referral.entered_by_id, referral.first_decider_id):
        raise Refused(queries.why_not_decider(by.id, why))


def _check_decider(by: User, referral: Referral) -> None:
    check_not_enterer(by, referral)
    rules.check_settled(referral.status)


def move(
    referral: Referral,
    then: Status,
    event: Event,
    *,
    seen_version: int,
    clock: SlaClock | None = None,
    **changes: Any,
) -> None:
    """The one way from a state to another: the state moved from, the clock, the row, the event, in this order.

    A claim that begins anew brings the clock of a new promise. Raises Overtaken where the actor saw an older version
    than there is."""
    if referral.version != seen_version:
        raise Overtaken
    rules.check_move(referral.status, then)
    clock = clock or promises.follow(referral, then, event.at)
    referral.status, referral.due_at = then, clock.due_at if then in OWED else FAR
    referral.answer_by = referral.rule_at = None
    for name, value in changes.items():
        setattr(referral, name, value)
    if then is Status.QUALIFIED:
        db.session.add(_protection(referral, event.at))
    db.session.flush()
    publish(event)


def lengthen_protection(partner_id: int, referral_id: int, by: timedelta) -> None:
    """A late answer of ours lengthens the protection by the delay."""
    protection = queries.protection_of(partner_id, referral_id)
    protection.ends_at += by
    protection.tail_ends_at += by
    db.session.flush()


def _protection(referral: Referral, now: datetime) -> Protection:
    terms = queries.terms_of(referral.partner_id, referral.agreement_id)
    ends_at = now + timedelta(days=terms.protection_days) + promises.delay(referral, now)
    return Protection(
        partner_id=referral.partner_id,
        referral_id=referral.id,
        domain=referral.domain,
        state=ProtectionState.ACTIVE,
        starts_at=now,
        ends_at=ends_at,
        tail_ends_at=ends_at + timedelta(days=terms.tail_days),
    )


def agreement_of(by: User, now: datetime, under: InForce | None = None) -> InForce:
    """The agreement under which this person's company may refer, where it was not read yet; a dormant one wakes by it.

    Raises Refused where there is none, or where the company may not refer."""
    if by.partner_id is None:
        raise Refused("Only the people of a partner can refer a company.")
    under = under or agreements.in_force(by.partner_id)
    if under is None:
        raise Refused("Your agreement is not in force yet, so no referral can be sent. Sign it first.")
    if under.partner_state not in MAY_REFER:
        raise Refused(f"Your company is {PARTNER_LABEL[under.partner_state].lower()}, so no referral can be sent.")
    if under.partner_state is PartnerState.DORMANT:
        partners.move(None, agreements.party(by.partner_id), PartnerState.ACTIVE, now=now)
    return under


def _facts(by: User, referral: Referral, now: datetime) -> dict[str, Any]:
    return {"by": by.id, "at": now, "ref": referral.ref, "partner_id": referral.partner_id}
