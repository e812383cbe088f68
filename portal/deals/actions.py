"""What happens to deals. Every change of stage goes through `move`."""

from datetime import date, datetime
from typing import Any

from portal.auth.models import User
from portal.deals import queries, routing, rules
from portal.deals.events import DealLost, DealMoved, DealOpened, DealParked, DealWon, NextStepSet
from portal.deals.models import Deal
from portal.deals.rules import Channel, Details, Pipeline, Stage
from portal.deals.steps import FIRST_CONTACT, step_after
from portal.errors import Overtaken, Refused
from portal.events import Event, publish
from portal.extensions import db
from portal.referrals import actions as referrals
from portal.lookalikes.domains import domain_of
from portal.referrals.models import Referral
from portal.referrals.queries import terms_of
from portal.refs import new_ref
from portal.sla import actions as sla
from portal.sla.queries import calendar
from portal.sla.rules import ClockKind, ClockState

PLAIN = Details()
_IN_TOUCH = frozenset({Stage.CONTACTED, Stage.MEETING, Stage.PROPOSAL, Stage.WON})
_TIME_OF = {Stage.CONTACTED: "contacted_at", Stage.MEETING: "meeting_at", Stage.PROPOSAL: "proposal_at"}
_CLOSED = frozenset({Stage.WON, Stage.LOST, Stage.CANCELLED})


def open_for(referral: Referral, *, by: int | None, now: datetime) -> Deal:
    """The deal of a referral that was just qualified: with an owner, a next step and a promised first contact.

    Raises Refused where nobody can own it."""
    owner = routing.choose(queries.candidates())
    terms = terms_of(referral.partner_id, referral.agreement_id)
    ref = new_ref("D", Deal.ref)
    clock = sla.start(ClockKind.FIRST_CONTACT, ref, referral.partner_id, now, terms.contact_minutes)
    deal = Deal(
        ref=ref,
        partner_id=referral.partner_id,
        referral_id=referral.id,
        channel=Channel.REFERRAL,
        company=referral.company,
        domain=referral.domain,
        owner_id=owner.user_id,
        owner_rule=owner.rule,
        currency=terms.currency,
        next_step=FIRST_CONTACT,
        next_step_on=clock.due_at.astimezone(calendar().zone).date(),
        **_begins(now),
    )
    _keep(deal, by, now, referral.ref)
    return deal


def enter(
    by: User, *, now: datetime, company: str, channel: Channel, currency: str, website: str, expected_minor: int | None
) -> Deal:
    """A deal of another channel, owned by whoever enters it."""
    if channel not in rules.ENTERED:
        raise Refused("Deals of this channel come from their partner, they are not entered.", "channel")
    step = step_after(Stage.NEW, _today(now), None)
    deal = Deal(
        ref=new_ref("D", Deal.ref),
        channel=channel,
        company=company,
        domain=domain_of(website) if website else "",
        owner_id=by.id,
        owner_rule="entered it",
        currency=currency,
        expected_minor=expected_minor,
        next_step=step.text,
        next_step_on=step.on,
        **_begins(now),
    )
    _keep(deal, by.id, now, None)
    return deal


def move(by: User, deal: Deal, then: Stage, *, seen_version: int, now: datetime, details: Details = PLAIN) -> None:
    """The one way from a stage to another, forward and back, by the owner.

    Raises Refused for an illegal move or one that lacks what it must carry, Overtaken on an older version."""
    _check_turn(by, deal, seen_version)
    before, today = deal.stage, _today(now)
    rules.check_move(before, then, reopened=deal.reopened)
    rules.check_details(then, details, today)
    if _owes_contact(deal):
        _follow_clock(deal, then, now)
    deal.stage, deal.stage_since, deal.pipeline = then, now, rules.pipeline_of(then)
    deal.reopened += before is Stage.LOST
    _note_times(deal, then, now)
    _note_details(deal, then, details)
    step = step_after(then, today, details.parked_until)
    deal.next_step, deal.next_step_on = step.text, step.on
    db.session.flush()
    publish(_event(by, deal, before, now))


def set_next_step(
    by: User,
    deal: Deal,
    *,
    seen_version: int,
    now: datetime,
    next_step: str,
    next_step_on: date,
    expected_minor: int | None,
) -> None:
    """What the owner does next, and what the deal may be worth. The partner of a referral reads both."""
    _check_turn(by, deal, seen_version)
    if deal.stage not in rules.OPEN:
        raise Refused(f"This deal is {rules.LABEL[deal.stage].lower()}: nothing comes next.")
    if next_step_on < _today(now):
        raise Refused("The day of the next step cannot lie behind.", "next_step_on")
    deal.next_step, deal.next_step_on, deal.expected_minor = next_step, next_step_on, expected_minor
    db.session.flush()
    publish(NextStepSet(**_facts(by.id, deal, now)))


def _check_turn(by: User, deal: Deal, seen_version: int) -> None:
    if not queries.may_move(by, deal):
        raise Refused("Only its owner changes a deal.")
    if deal.version != seen_version:
        raise Overtaken


def _owes_contact(deal: Deal) -> bool:
    """A promise of first contact still runs or rests. A deal that was lost before it is promised none again."""
    is_open = deal.stage is not Stage.LOST and not deal.reopened
    return deal.referral_id is not None and deal.contacted_at is None and is_open


def _follow_clock(deal: Deal, then: Stage, now: datetime) -> None:
    """The promised first contact: met when they were reached, at rest while the deal is, dropped with a lost one."""
    kind = ClockKind.FIRST_CONTACT
    if then in _IN_TOUCH:
        clock = sla.meet(deal.ref, kind, now)
        if clock.state is ClockState.BREACHED and deal.partner_id is not None and deal.referral_id is not None:
            referrals.lengthen_protection(deal.partner_id, deal.referral_id, now - clock.due_at)
    elif then is Stage.PARKED:
        sla.pause(deal.ref, kind, now)
    elif then is Stage.LOST:
        sla.release(deal.ref, kind, now)
    else:
        sla.resume(deal.ref, kind, now)


def _note_times(deal: Deal, then: Stage, now: datetime) -> None:
    if then in _IN_TOUCH and deal.contacted_at is None:
        deal.contacted_at = now
    if (column := _TIME_OF.get(then)) and getattr(deal, column) is None:
        setattr(deal, column, now)
    deal.closed_at = now if then in _CLOSED else None


def _note_details(deal: Deal, then: Stage, details: Details) -> None:
    deal.parked_until = details.parked_until if then is Stage.PARKED else None
    deal.lost_reason = details.lost_reason if then is Stage.LOST else None
    if then is Stage.WON:
        deal.value_minor, deal.won_on = details.value_minor, details.won_on
    deal.close_note = details.cancel_reason if then is Stage.CANCELLED else ""


def _event(by: User, deal: Deal, before: Stage, now: datetime) -> Event:
    facts = _facts(by.id, deal, now)
    if deal.stage is Stage.WON and deal.value_minor is not None:
        return DealWon(**facts, value_minor=deal.value_minor, currency=deal.currency)
    if deal.stage is Stage.LOST and deal.lost_reason is not None:
        return DealLost(**facts, reason=deal.lost_reason)
    if deal.stage is Stage.PARKED and deal.parked_until is not None:
        return DealParked(**facts, until_on=deal.parked_until)
    return DealMoved(**facts, now=before, then=deal.stage)


def _begins(now: datetime) -> dict[str, Any]:
    return {"stage": Stage.NEW, "pipeline": Pipeline.CORE, "stage_since": now, "created_at": now}


def _keep(deal: Deal, by: int | None, now: datetime, referral_ref: str | None) -> None:
    db.session.add(deal)
    db.session.flush()
    publish(DealOpened(**_facts(by, deal, now), owner_user_id=deal.owner_id, referral_ref=referral_ref))


def _facts(by: int | None, deal: Deal, now: datetime) -> dict[str, Any]:
    return {"by": by, "at": now, "ref": deal.ref, "partner_id": deal.partner_id, "deal_id": deal.id}


def _today(now: datetime) -> date:
    return now.astimezone(calendar().zone).date()
