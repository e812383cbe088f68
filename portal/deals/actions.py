"""What happens to deals. Every change of stage goes through `move`, or through what comes back from nurture, is undone
or merged: all of them by `stages`."""

from datetime import date, datetime
from typing import Any

from portal.auth.models import User
from portal.deals import queries, rules, sold, stages
from portal.deals.events import (
    DealLost,
    DealMoved,
    DealMoveUndone,
    DealOpened,
    DealParked,
    DealReturned,
    DealWon,
    NextStepSet,
    OwnerChosen,
)
from portal.deals.models import Deal
from portal.deals.rules import BackBecause, Channel, Details, Pipeline, Stage
from portal.deals.steps import AGAIN, FIRST_CONTACT, step_after
from portal.errors import Overtaken, Refused
from portal.events import Event, publish
from portal.extensions import db
from portal.lookalikes import actions as lookalikes
from portal.lookalikes.actions import Entry
from portal.lookalikes.domains import domain_of
from portal.lookalikes.rules import Kind
from portal.referrals.models import Referral
from portal.referrals.queries import terms_of
from portal.refs import new_ref
from portal.routing import actions as routing
from portal.routing import queries as routes
from portal.routing.rules import Facts
from portal.sla import actions as sla
from portal.sla.queries import calendar, today_of
from portal.sla.rules import ClockKind

PLAIN = Details()
LONGEST_WHY = 120


def open_for(referral: Referral, *, by: int | None, now: datetime) -> Deal:
    """The deal of a referral that was just qualified: with an owner, a next step and a promised first contact.

    Raises Refused where nobody can own it."""
    owner = routing.assign(routed_by(referral), queries.open_by_owner(), now=now)
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
        owner_rule=owner.why[:LONGEST_WHY],
        currency=terms.currency,
        next_step=FIRST_CONTACT,
        next_step_on=clock.due_at.astimezone(calendar().zone).date(),
        **_begins(now),
    )
    _keep(deal, by, now, referral.ref)
    publish(OwnerChosen(**_facts(by, deal, now), owner_user_id=deal.owner_id, why=deal.owner_rule))
    return deal


def routed_by(referral: Referral) -> Facts:
    """What the routing rules look at."""
    return routes.facts(
        country=referral.country,
        industry=referral.industry,
        employees=referral.employees,
        partner=routes.partner(referral.partner_id),
    )


def enter(
    by: User, *, now: datetime, company: str, channel: Channel, currency: str, website: str, expected_minor: int | None
) -> Deal:
    """A deal of another channel, owned by whoever enters it."""
    if channel not in rules.ENTERED:
        raise Refused("Deals of this channel come from their partner, they are not entered.", "channel")
    step = step_after(Stage.NEW, today_of(now), None)
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
    check_turn(by, deal, seen_version)
    before = deal.stage
    rules.check_move(before, then, reopened=deal.reopened)
    rules.check_details(then, details, today_of(now))
    stages.shift(deal, then, now, details)
    db.session.flush()
    publish(_event(by, deal, before, now, details))


def bring_back(by: User | None, deal: Deal, *, seen_version: int, now: datetime, because: BackBecause) -> None:
    """From nurture back to the stage that it was parked at: by a rule on its day (`by` None), or before, by whoever
    hears that they are ready.

    Raises Refused for a deal that is not parked, Overtaken on an older version."""
    check_turn(by, deal, seen_version)
    if deal.stage is not Stage.PARKED:
        raise Refused(f"Only a parked deal comes back; this one is {rules.LABEL[deal.stage].lower()}.")
    then = deal.parked_from or Stage.NEW
    rules.check_move(deal.stage, then)
    stages.shift(deal, then, now, PLAIN)
    deal.next_step = AGAIN
    db.session.flush()
    publish(DealReturned(**facts(by, deal, now), then=then, because=because))


def undo(by: User, deal: Deal, *, seen_version: int, now: datetime) -> None:
    """Take the last move back, within a day: a new move to where the deal stood, with all that had followed.

    Raises Refused where there is none, where it lies too far back, or where a fee or a payment rests on it."""
    check_turn(by, deal, seen_version)
    was = deal.stage
    if was is Stage.MERGED:
        raise Refused("What was merged is taken apart on the page of the deal that it was merged into.")
    if was is Stage.WON and sold.paid_by_customer(deal.id):
        raise Refused("The customer has paid for this deal. Take the payment back first, then undo the win.")
    stages.put_back(deal, now)
    db.session.flush()
    publish(DealMoveUndone(**facts(by, deal, now), now=was, then=deal.stage))


def set_next_step(
    by: User,
    deal: Deal,
    *,
    seen_version: int,
    now: datetime,
    next_step: str,
    next_step_on: date,
    expected_minor: int | None,
    expected_close_on: date | None = None,
    probability: int | None = None,
) -> None:
    """What the owner does next, and what the deal may be worth, when, how likely. The partner of a referral reads the
    first."""
    check_turn(by, deal, seen_version)
    if deal.stage not in rules.OPEN:
        raise Refused(f"This deal is {rules.LABEL[deal.stage].lower()}: nothing comes next.")
    today = today_of(now)
    if next_step_on < today:
        raise Refused("The day of the next step cannot lie behind.", "next_step_on")
    if expected_close_on is not None and expected_close_on < today and expected_close_on != deal.expected_close_on:
        raise Refused("The day on which it may close cannot lie behind.", "expected_close_on")
    rules.check_probability(probability)
    deal.next_step, deal.next_step_on, deal.expected_minor = next_step, next_step_on, expected_minor
    deal.expected_close_on, deal.probability = expected_close_on, probability
    stages.plan(deal, today)
    db.session.flush()
    publish(NextStepSet(**facts(by, deal, now)))


def check_turn(by: User | None, deal: Deal, seen_version: int) -> None:
    """Raise Refused unless this person may change the deal, Overtaken where they saw an older one. None: a rule."""
    if by is not None and not queries.may_move(by, deal):
        raise Refused("Only its owner changes a deal.")
    if deal.version != seen_version:
        raise Overtaken


def facts(by: User | None, deal: Deal, now: datetime) -> dict[str, Any]:
    """What every event about a deal tells."""
    return _facts(by.id if by else None, deal, now)


def _event(by: User, deal: Deal, before: Stage, now: datetime, details: Details) -> Event:
    told = facts(by, deal, now)
    if deal.stage is Stage.WON and deal.value_minor is not None:
        return DealWon(**told, value_minor=deal.value_minor, currency=deal.currency)
    if deal.stage is Stage.LOST and deal.lost_reason is not None:
        return DealLost(**told, reason=deal.lost_reason, was_parked=before is Stage.PARKED)
    if deal.stage is Stage.PARKED and deal.parked_until is not None:
        return DealParked(**told, until_on=deal.parked_until, with_steps=details.with_steps)
    return DealMoved(**told, now=before, then=deal.stage)


def _begins(now: datetime) -> dict[str, Any]:
    return {"stage": Stage.NEW, "pipeline": Pipeline.CORE, "stage_since": now, "created_at": now}


def _keep(deal: Deal, by: int | None, now: datetime, referral_ref: str | None) -> None:
    stages.plan(deal, today_of(now))
    db.session.add(deal)
    db.session.flush()
    if deal.referral_id is None:
        lookalikes.keep_all([entry_of(deal)])
    publish(DealOpened(**_facts(by, deal, now), owner_user_id=deal.owner_id, referral_ref=referral_ref))


def entry_of(deal: Deal) -> Entry:
    """What a deal of another channel is found by. One of a referral is found by the referral."""
    return Entry(
        kind=Kind.DEAL,
        ref=deal.ref,
        partner_id=deal.partner_id,
        name=deal.company,
        domain=deal.domain,
        since=deal.created_at,
    )


def _facts(by: int | None, deal: Deal, now: datetime) -> dict[str, Any]:
    return {"by": by, "at": now, "ref": deal.ref, "partner_id": deal.partner_id, "deal_id": deal.id}
