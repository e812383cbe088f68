"""News to the partner: while a deal is in conversation they hear every so many days how it stands, by a move, a message
or a few words of its owner.

News that are late lengthen no claim: one would never end where nobody works on the deal.

Where several partners share a deal, each is owed its news, and there is one clock, as there is one deal. A move and the
owner's words reach them all; a message reaches the partner on whose referral it is written. So the clock begins anew
once each of them was told since it began: nobody waits longer because another was written to."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from portal.auth.models import User
from portal.deals import queries, rules, shares
from portal.deals.events import DealUpdateGiven
from portal.deals.models import Deal, DealUpdate
from portal.deals.rules import Stage
from portal.deals.shares import is_deal_of
from portal.errors import Refused
from portal.events import publish
from portal.extensions import db
from portal.referrals.models import Referral
from portal.scope import all_partners
from portal.sla import actions as sla
from portal.sla import queries as clocks
from portal.sla.models import SlaClock
from portal.sla.rules import ClockKind, ClockState

IN_CONVERSATION = frozenset({Stage.CONTACTED, Stage.MEETING, Stage.PROPOSAL})
_KIND = ClockKind.PERIODIC_UPDATE


def follow(deal: Deal, then: Stage, now: datetime) -> datetime | None:
    """What a move does to the promise of news. Returns by when the next is owed, if any is."""
    if deal.partner_id is None or deal.referral_id is None:
        return None
    if then in IN_CONVERSATION:
        return _news(deal, deal.partner_id, now)
    owed = clocks.open_clock(deal.ref, (_KIND,))
    if owed is not None:
        _rest(deal, owed, then, now)
    return None


def partner_heard(deal: Deal, now: datetime) -> None:
    """The partner was told something of this deal, in whatever way: the next news is owed anew from here on.

    Nobody's decision is overtaken by it: the version stays."""
    if deal.stage not in IN_CONVERSATION or deal.partner_id is None or deal.referral_id is None:
        return
    due_at = _news(deal, deal.partner_id, now)
    noted = sa.update(Deal).where(Deal.id == deal.id).values(update_due_at=due_at)
    db.session.execute(all_partners(noted.execution_options(synchronize_session=False), "one deal, by its id"))
    set_committed_value(deal, "update_due_at", due_at)


WrittenTo = Callable[[Collection[int], datetime], Collection[int]]
"""Of these referrals, those on which one of ours wrote to the partner since then."""


def message_sent(referral_ref: str, by_id: int | None, now: datetime, *, written_to: WrittenTo) -> None:
    """Somebody wrote on a referral. Where it was one of ours, its partner heard of the deal; where others share it,
    they have all heard once each was written to."""
    ours = sa.exists().where(User.id == by_id, User.partner_id.is_(None))
    wanted = sa.select(Deal).join(Referral, is_deal_of(Referral.id)).where(Referral.ref == referral_ref, ours)
    deal = db.session.scalar(all_partners(wanted, "the deal of one referral"))
    if deal is not None and _all_heard(deal, written_to):
        partner_heard(deal, now)


def _all_heard(deal: Deal, written_to: WrittenTo) -> bool:
    owed = clocks.open_clock(deal.ref, (_KIND,))
    shared = {each.referral_id for each in shares.of_deal(deal.id)}
    return owed is None or not shared - set(written_to(shared, owed.started_at) if shared else ())


def tell_partner(by: User, deal: Deal, text: str, *, now: datetime) -> DealUpdate:
    """A few words of the owner, for the partner to read. Raises Refused where none brought the deal, or it is over."""
    if not queries.may_move(by, deal):
        raise Refused("Only its owner tells the partner how a deal stands.")
    if deal.partner_id is None or deal.referral_id is None:
        raise Refused("No partner brought this deal.")
    if deal.stage not in rules.OPEN:
        raise Refused(f"This deal is {rules.LABEL[deal.stage].lower()}, and the partner knows.", "text")
    update = DealUpdate(partner_id=deal.partner_id, deal_id=deal.id, by_id=by.id, at=now, text=text)
    db.session.add(update)
    db.session.flush()
    partner_heard(deal, now)
    told: dict[str, Any] = {"by": by.id, "at": now, "ref": deal.ref, "partner_id": deal.partner_id}
    publish(DealUpdateGiven(**told, deal_id=deal.id, update_id=update.id))
    return update


def _news(deal: Deal, partner_id: int, now: datetime) -> datetime:
    return sla.again(_KIND, deal.ref, partner_id, now).due_at


def _rest(deal: Deal, owed: SlaClock, then: Stage, now: datetime) -> None:
    """Parked, it rests; back at the beginning, the first contact is what is owed; the end of a deal is news."""
    if then is Stage.PARKED:
        if owed.state is ClockState.RUNNING:
            sla.pause(deal.ref, _KIND, now)
    elif then is Stage.NEW:
        sla.release(deal.ref, _KIND, now)
    else:
        sla.meet(deal.ref, _KIND, now)
