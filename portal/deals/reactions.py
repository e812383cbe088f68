from portal.deals import actions, queries
from portal.events import reacts_to
from portal.referrals.events import ReferralQualified


@reacts_to(ReferralQualified)
def open_the_deal(event: ReferralQualified) -> None:
    actions.open_for(queries.qualified(event.referral_id), by=event.by, now=event.at)
