from typing import Any

from portal.deals import actions, queries, shares, stages
from portal.deals.events import (
    DealLost,
    DealMoved,
    DealMoveUndone,
    DealParked,
    DealReturned,
    DealWon,
    SharedDealMoved,
    SharedPromiseMissed,
)
from portal.deals.rules import Stage
from portal.events import Event, publish, reacts_to
from portal.protections.events import ProtectionRestored
from portal.referrals.events import ReferralQualified
from portal.sla.events import ClockBreached

STAGE_OF: dict[type[Event], Stage] = {DealWon: Stage.WON, DealLost: Stage.LOST, DealParked: Stage.PARKED}


@reacts_to(ReferralQualified)
def open_the_deal(event: ReferralQualified) -> None:
    actions.open_for(queries.qualified(event.referral_id), by=event.by, now=event.at)


@reacts_to(DealMoved, DealWon, DealLost, DealParked, DealReturned, DealMoveUndone)
def tell_who_shares_it(event: Event) -> None:
    """Each on its own referral, of which the one who brought the deal knows nothing."""
    if event.partner_id is None:
        return
    deal_id, then = vars(event)["deal_id"], vars(event).get("then") or STAGE_OF[type(event)]
    for each in shares.joined(deal_id):
        about: dict[str, Any] = {"ref": each.referral_ref, "partner_id": each.partner_id, "deal_id": deal_id}
        publish(SharedDealMoved(by=event.by, at=event.at, **about, then=then))


@reacts_to(ClockBreached)
def tell_who_shares_a_missed_promise(event: ClockBreached) -> None:
    for each in shares.joined(shares.deal_called(event.ref)) if event.ref.startswith("D-") else ():
        own = {"ref": each.referral_ref, "partner_id": each.partner_id, "deal_id": each.deal_id}
        publish(SharedPromiseMissed(by=event.by, at=event.at, **own, promise=event.promise))


@reacts_to(ProtectionRestored)
def follow_the_deal(event: ProtectionRestored) -> None:
    """It was away while its deal moved on: it rests or ends as it would have."""
    deal = queries.led_to(event.referral_id)
    if event.partner_id is not None:
        stages.follow_restored(deal, event.partner_id, event.referral_id, event.at)
