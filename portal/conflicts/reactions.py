from collections.abc import Sequence

from portal.conflicts import actions, queries, rules
from portal.conflicts.rules import ConflictState
from portal.events import Event, reacts_to, reacts_to_all
from portal.lookalikes.events import HoldUsed
from portal.lookalikes.queries import sure_of
from portal.referrals.events import ReferralCorrected, ReferralDeclined, ReferralSubmitted, ReferralWithdrawn
from portal.referrals.rules import NEXT, Status


@reacts_to_all(ReferralSubmitted)
def look_whose_they_are(events: Sequence[ReferralSubmitted]) -> None:
    """Few are of a company that is taken, so only those are loaded."""
    sure = sure_of([event.ref for event in events], rules.SURE)
    for event in events:
        if event.ref in sure:
            actions.enter_if_taken(queries.received(event.referral_id), sure[event.ref], now=event.at)


@reacts_to(ReferralCorrected)
def look_again(event: ReferralCorrected) -> None:
    """It may be about another company now."""
    referral = queries.called(event.ref)
    if Status.CONFLICT in NEXT[referral.status]:
        actions.enter_if_taken(referral, sure_of([event.ref], rules.SURE).get(event.ref, []), now=event.at)


@reacts_to(HoldUsed)
def go_on_with_the_referral(event: HoldUsed) -> None:
    """What stood by its hold stands by the referral that it became."""
    queries.follow_hold(event.ref, event.referral_ref)


@reacts_to(ReferralDeclined, ReferralWithdrawn)
def nothing_left_to_decide(event: Event) -> None:
    conflict = queries.latest_of(event.ref)
    if conflict is not None and conflict.state is ConflictState.OPEN:
        actions.close(conflict, event)
