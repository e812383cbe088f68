from typing import Any

from portal.deals.events import DealMoved, DealMoveUndone, DealWon
from portal.deals.queries import led_to
from portal.deals.rules import Stage
from portal.events import reacts_to
from portal.fees import actions
from portal.protections.events import ProtectionRestored


@reacts_to(DealWon)
def book_what_it_earned(event: DealWon) -> None:
    if event.partner_id is not None:
        actions.book_all(event.deal_id, partner_id=event.partner_id, by_id=event.by, now=event.at)


@reacts_to(DealMoved)
def take_back_what_was_cancelled(event: DealMoved) -> None:
    if event.then is Stage.CANCELLED and event.partner_id is not None:
        actions.void_lines_of(event.deal_id, partner_id=event.partner_id, by_id=event.by, now=event.at)


@reacts_to(DealMoveUndone)
def follow_what_was_undone(event: DealMoveUndone) -> None:
    """A win by mistake earned nothing; a cancellation by mistake takes nothing back."""
    if event.partner_id is None:
        return
    told: dict[str, Any] = {"partner_id": event.partner_id, "by_id": event.by, "now": event.at}
    if event.now is Stage.WON:
        actions.void_lines_of(event.deal_id, **told)
    elif event.then is Stage.WON:
        actions.book_all(event.deal_id, **told)


@reacts_to(ProtectionRestored)
def book_what_was_won_meanwhile(event: ProtectionRestored) -> None:
    """A deal that was won while its protection was revoked earned nothing; now it does."""
    deal = led_to(event.referral_id)
    if deal.stage is Stage.WON and event.partner_id is not None:
        actions.book(deal.id, partner_id=event.partner_id, by_id=event.by, now=event.at)
