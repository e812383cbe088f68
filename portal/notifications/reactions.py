"""Who is told of what. Each message is a row in the transaction of the event; the worker sends it afterwards.

Whoever caused an event is not told of it, but for receipts. Here are agreements and referrals; deals, money, accounts
and the rest have files of their own."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from portal.agreements.events import (
    AgreementCountersigned,
    AgreementDeclined,
    AgreementSent,
    AgreementSigned,
    AgreementVoided,
)
from portal.auth.rules import Role
from portal.conversation.mail_links import Purpose, offers
from portal.events import reacts_to, reacts_to_all
from portal.notifications import queries
from portal.notifications.actions import messages, tell, write_all
from portal.notifications.messages import Message, agreements, referrals
from portal.notifications.readers import LEADS, SIGNERS, Reader, company, company_and_staff, staff
from portal.program import the_program
from portal.referrals.claims import can_appeal
from portal.referrals.decline_reasons import DECLINE_REASONS
from portal.referrals.entered import told as entered_words
from portal.referrals.events import (
    ReferralAnswered,
    ReferralAsked,
    ReferralDeclined,
    ReferralLeftToPerson,
    ReferralSubmitted,
)
from portal.referrals.expiry import appeal_until
from portal.referrals.rules import Status


@reacts_to(AgreementSent)
def agreement_waits(event: AgreementSent) -> None:
    found = queries.agreement(event.agreement_id)
    told = company(event, SIGNERS)
    signers = [reader.name for reader in told if Role.PARTNER_SIGNATORY in reader.roles]
    words = partial(agreements.sent, company=found.company, program=_company_name(), ref=found.ref)
    tell(
        event,
        told,
        lambda reader: words(
            sign_by=reader.day(event.sign_by),
            may_sign=Role.PARTNER_SIGNATORY in reader.roles,
            signers=" or ".join(signers),
        ),
    )


@reacts_to(AgreementSigned)
def agreement_signed(event: AgreementSigned) -> None:
    found, by = queries.agreement(event.agreement_id), queries.name_of(event.by)
    told = agreements.signed_for_staff(company=found.company, by=by, partner_ref=found.partner_ref)
    tell(event, staff(Role.PARTNER_MANAGER, event.at), lambda _: told)


@reacts_to(AgreementCountersigned)
def agreement_in_force(event: AgreementCountersigned) -> None:
    found = queries.agreement(event.agreement_id)
    told = agreements.in_force(company=found.company, program=_company_name(), ref=found.ref)
    tell(event, company(event, SIGNERS), lambda _: told)


@reacts_to(AgreementDeclined)
def agreement_declined(event: AgreementDeclined) -> None:
    found, by = queries.agreement(event.agreement_id), queries.name_of(event.by)
    told = agreements.declined_for_staff(
        company=found.company, by=by, reason=found.reason, partner_ref=found.partner_ref
    )
    tell(event, staff(Role.PARTNER_MANAGER, event.at), lambda _: told)


@reacts_to(AgreementVoided)
def agreement_taken_back(event: AgreementVoided) -> None:
    found = queries.agreement(event.agreement_id)
    told = agreements.voided(company=found.company, program=_company_name(), ref=found.ref, reason=found.reason)
    tell(event, company(event, SIGNERS), lambda _: told)


@reacts_to_all(ReferralSubmitted)
def referrals_received(events: Sequence[ReferralSubmitted]) -> None:
    """Sent at once, they are of one person."""
    rows, first = queries.referrals([event.ref for event in events]), events[0]
    senders, qualifiers = company_and_staff(first, LEADS, Role.QUALIFIER, also=[rows[first.ref].by_id])
    write_all(told for event in events for told in _of_received(event, rows[event.ref], senders, qualifiers))


def _of_received(
    event: ReferralSubmitted, found: Any, senders: list[Reader], qualifiers: list[Reader]
) -> Iterator[dict[str, Any]]:
    can = offers(found.id, found.version, Purpose.STATUS, Purpose.WITHDRAWAL)
    yield from messages(event, senders, partial(_received, found), receipt=True, offers=can)
    if found.rule_at is None:
        yield from messages(event, qualifiers, _to_decide(found))


@reacts_to(ReferralLeftToPerson)
def referral_left_to_us(event: ReferralLeftToPerson) -> None:
    tell(event, staff(Role.QUALIFIER, event.at), _to_decide(queries.referral(event.ref)))


def _to_decide(found: Any) -> Callable[[Reader], Message]:
    words = partial(referrals.to_decide, company=found.company, partner=found.partner, ref=found.ref)
    return lambda reader: words(due=reader.when(found.due_at))


def _received(found: Any, reader: Reader) -> Message:
    """The receipt, which says who entered it where that was one of us."""
    entered = ""
    if found.entered_how:
        who = queries.name_of(found.entered_by_id)
        entered = f"{entered_words(who, found.entered_how, reader.day_of(found.received_at))} Tell us if it is wrong."
    return referrals.received(company=found.company, due=reader.when(found.due_at), ref=found.ref, entered=entered)


@reacts_to(ReferralAsked)
def referral_asked(event: ReferralAsked) -> None:
    found, by = queries.referral(event.ref), queries.name_of(event.by)
    told = referrals.asked(company=found.company, by=by, question=found.question, ref=found.ref)
    can = offers(found.id, found.version, Purpose.ANSWER, Purpose.STATUS, Purpose.WITHDRAWAL)
    tell(event, company(event, LEADS, also=[found.by_id]), lambda _: told, offers=can)


@reacts_to(ReferralAnswered)
def referral_answered(event: ReferralAnswered) -> None:
    found = queries.referral(event.ref)
    words = partial(
        referrals.answered, company=found.company, partner=found.partner, answer=found.answer, ref=found.ref
    )
    tell(event, staff(Role.QUALIFIER, event.at), lambda reader: words(due=reader.when(found.due_at)))


@reacts_to(ReferralDeclined)
def referral_declined(event: ReferralDeclined) -> None:
    found, why = queries.referral(event.ref), DECLINE_REASONS[event.reason]
    reason = f"{why.sentence} {found.decision_note}".strip()
    told = partial(referrals.declined, company=found.company, reason=reason, way_back=why.way_back, ref=found.ref)
    may_appeal = can_appeal(Status.DECLINED, event.reason, None) is not None
    until, says = appeal_until(event.at), "If you see it otherwise, appeal until {}: somebody else then looks at it."
    tell(
        event,
        company(event, LEADS, also=[found.by_id]),
        lambda reader: told(appeal=says.format(reader.day_of(until)) if may_appeal else ""),
    )


def _company_name() -> str:
    program = the_program()
    return program.company_name if program else "We"
