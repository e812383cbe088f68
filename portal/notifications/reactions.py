"""Who is told of what. Each message is a row in the transaction of the event; the worker sends it afterwards.

Whoever caused an event is not told of it, but for receipts. Money has reactions of its own."""

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
from portal.deals.events import DealLost, DealMoved, DealOpened, DealParked
from portal.deals.rules import LOST_LABEL, OPEN_STAGES, Stage
from portal.events import Event, reacts_to, reacts_to_all
from portal.notifications import queries
from portal.notifications.actions import messages, tell, write_all
from portal.notifications.messages import Message, agreements, deals, referrals
from portal.notifications.readers import LEADS, SIGNERS, Reader, company, company_of, person, staff
from portal.notifications.rules import is_ahead
from portal.program import the_program
from portal.referrals.decline_reasons import DECLINE_REASONS
from portal.referrals.entered import told as entered_words
from portal.referrals.events import ReferralAnswered, ReferralAsked, ReferralDeclined, ReferralSubmitted

STEPS = {Stage.CONTACTED: deals.contacted, Stage.MEETING: deals.meeting, Stage.PROPOSAL: deals.proposal}


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
    senders = company(first, LEADS, also=[rows[first.ref].by_id])
    qualifiers = staff(Role.QUALIFIER, first.at)
    write_all(told for event in events for told in _of_received(event, rows[event.ref], senders, qualifiers))


def _of_received(
    event: ReferralSubmitted, found: Any, senders: list[Reader], qualifiers: list[Reader]
) -> Iterator[dict[str, Any]]:
    can = offers(found.id, found.version, Purpose.STATUS, Purpose.WITHDRAWAL)
    yield from messages(event, senders, partial(_received, found), receipt=True, offers=can)
    words = partial(referrals.to_decide, company=found.company, partner=found.partner, ref=found.ref)
    yield from messages(event, qualifiers, lambda reader: words(due=reader.when(found.due_at)))


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
    told = referrals.declined(company=found.company, reason=reason, way_back=why.way_back, ref=found.ref)
    tell(event, company(event, LEADS, also=[found.by_id]), lambda _: told)


@reacts_to(DealOpened)
def deal_opened(event: DealOpened) -> None:
    """Qualifying a referral opens its deal: the partner hears who calls, the owner whom to call."""
    _tell_sender(
        event,
        event.deal_id,
        lambda deal, reader: deals.qualified(
            **_who(deal), due=reader.when(deal.due_at), protected_until=reader.day_of(deal.ends_at)
        ),
    )
    if event.referral_ref is not None:
        deal = queries.deal(event.deal_id)
        yours = partial(deals.yours, company=deal.company, partner=deal.partner, contact=deal.contact, ref=deal.ref)
        tell(event, person(event.owner_user_id, event.at), lambda reader: yours(due=reader.when(deal.due_at)))


@reacts_to(DealMoved)
def deal_moved(event: DealMoved) -> None:
    """Steps ahead, a conversation taken up again, a cancellation. Steps back are the owner's bookkeeping."""
    if event.then is Stage.CANCELLED:
        return _tell_sender(
            event,
            event.deal_id,
            lambda deal, _: deals.cancelled(company=deal.company, reason=deal.close_note, ref=deal.referral_ref),
        )
    if not is_ahead(event.now, event.then):
        return None
    words = STEPS[event.then] if event.now in OPEN_STAGES else deals.taken_up_again
    return _tell_sender(
        event, event.deal_id, lambda deal, reader: words(**_who(deal), next_step=_next_step(deal, reader))
    )


@reacts_to(DealLost)
def deal_lost(event: DealLost) -> None:
    reason = LOST_LABEL[event.reason]
    _tell_sender(
        event,
        event.deal_id,
        lambda deal, _: deals.lost(company=deal.company, reason=reason, ref=deal.referral_ref),
    )


@reacts_to(DealParked)
def deal_parked(event: DealParked) -> None:
    _tell_sender(
        event, event.deal_id, lambda deal, reader: deals.parked(**_who(deal), until=reader.day(event.until_on))
    )


def _tell_sender(event: Event, deal_id: int, words: Callable[[Any, Reader], Message]) -> None:
    """Tell whoever introduced them, and the leads; of each partner who shares it. One of no partner tells nobody."""
    for partner_id, deal in queries.sides(event, deal_id):
        tell(event, company_of(partner_id, LEADS, event.at, also=[deal.by_id]), partial(words, deal))


def _who(deal: Any) -> dict[str, str]:
    return {"company": deal.company, "owner": deal.owner, "contact": deal.contact, "ref": deal.referral_ref}


def _next_step(deal: Any, reader: Reader) -> str:
    on = f", by {reader.day(deal.next_step_on)}" if deal.next_step_on else ""
    return f"Next: {deal.next_step}{on}." if deal.next_step else ""


def _company_name() -> str:
    program = the_program()
    return program.company_name if program else "We"
