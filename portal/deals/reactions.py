from portal.deals import actions, queries, stages
from portal.events import reacts_to
from portal.protections.events import ProtectionRestored
from portal.referrals.events import ReferralQualified


@reacts_to(ReferralQualified)
def open_the_deal(event: ReferralQualified) -> None:
    actions.open_for(queries.qualified(event.referral_id), by=event.by, now=event.at)


@reacts_to(ProtectionRestored)
def follow_the_deal(event: ProtectionRestored) -> None:
    """It was away while its deal moved on: it rests or ends as it would have."""
    deal = queries.led_to(event.referral_id)
    stages.follow_restored(deal, event.at)
