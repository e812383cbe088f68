from portal.conflicts import actions, queries
from portal.conflicts.rules import ConflictState
from portal.events import Event, reacts_to
from portal.lookalikes.events import HoldUsed
from portal.referrals.events import ReferralCorrected, ReferralDeclined, ReferralSubmitted, ReferralWithdrawn
from portal.referrals.rules import NEXT, Status


@reacts_to(ReferralSubmitted)
def look_whose_it_is(event: ReferralSubmitted) -> None:
    actions.enter_if_taken(queries.received(event.referral_id), now=event.at)


@reacts_to(ReferralCorrected)
def look_again(event: ReferralCorrected) -> None:
    """It may be about another company now."""
    referral = queries.called(event.ref)
    if Status.CONFLICT in NEXT[referral.status]:
        actions.enter_if_taken(referral, now=event.at)


@reacts_to(HoldUsed)
def go_on_with_the_referral(event: HoldUsed) -> None:
    """What stood by its hold stands by the referral that it became."""
    queries.follow_hold(event.ref, event.referral_ref)


@reacts_to(ReferralDeclined, ReferralWithdrawn)
def nothing_left_to_decide(event: Event) -> None:
    conflict = queries.latest_of(event.ref)
    if conflict is not None and conflict.state is ConflictState.OPEN:
        actions.close(conflict, event)
