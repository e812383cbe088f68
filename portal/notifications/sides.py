"""What is told of a deal to every partner whose deal it is: to each under its own reference, in its own words."""

from collections.abc import Callable
from functools import partial
from typing import Any

from portal.events import Event
from portal.notifications import queries
from portal.notifications.actions import tell
from portal.notifications.messages import Message
from portal.notifications.readers import LEADS, Reader, company_of


def tell_sides(event: Event, deal_id: int, words: Callable[[Any, Reader], Message]) -> None:
    """Tell whoever introduced them, and the leads, of each partner who has a part in it. `words` are given the deal as
    it is theirs. A deal of no partner tells nobody."""
    for partner_id, deal in queries.sides(event, deal_id):
        own = None if partner_id == event.partner_id else deal.referral_ref
        readers = company_of(partner_id, LEADS, event.at, also=[deal.by_id])
        tell(event, readers, partial(words, deal), ref=own)
