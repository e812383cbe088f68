"""A deal goes from one owner to another: by hand, all of a person's at once, or by the routing rules where its owner
can own it no longer."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.deals import actions, owners, queries, rules, stages
from portal.deals.events import DealHandedOver, DealsHandedOver, OwnerChosen
from portal.deals.models import Deal, Handover
from portal.deals.rules import Stage
from portal.errors import Overtaken, Refused
from portal.events import publish
from portal.extensions import db
from portal.routing import actions as routing
from portal.routing import queries as routes
from portal.routing.rules import Facts
from portal.scope import all_partners
from portal.sla.queries import today_of

BY_HAND = "handed over"
MOST_AT_ONCE = 500


def hand_over(by: User, deal: Deal, to_id: int, *, seen_version: int, now: datetime, reason: str) -> None:
    """To this person, from here on. Raises Refused where they own it already, or the deal is no more; Overtaken on an
    older version."""
    if not owners.may_hand_over(by, deal):
        raise Refused("Only its owner hands a deal over, or who looks after partners.")
    if deal.version != seen_version:
        raise Overtaken
    if deal.stage is Stage.MERGED:
        raise Refused("This deal was merged into another. Hand that one over.")
    if deal.owner_id == to_id:
        raise Refused("They own it already.", "to")
    _give(by.id, deal, to_id, BY_HAND, now=now, reason=reason)


def hand_over_all(by: User, from_user: User, to_id: int | None, *, now: datetime, reason: str) -> int:
    """The open deals of one person, up to 500 at once: to another, or (None) each by the rules. Returns how many.

    Raises Refused where there is nobody else who can own them."""
    held = sa.select(Deal).where(Deal.owner_id == from_user.id, Deal.stage.in_(rules.OPEN))
    oldest = held.order_by(Deal.id).limit(MOST_AT_ONCE).with_for_update()
    deals = db.session.scalars(all_partners(oldest, "all open deals of one of our people")).all()
    given: dict[int, int] = {}
    for deal in deals:
        to, why = (to_id, BY_HAND) if to_id is not None else _by_rules(deal, now)
        _give(by.id, deal, to, why, now=now, reason=reason, is_one_of_many=True)
        given[to] = given.get(to, 0) + 1
    for to, number in sorted(given.items()):
        told = {"from_user_id": from_user.id, "owner_user_id": to, "number": number}
        publish(DealsHandedOver(by=by.id, at=now, ref=from_user.ref, **told))
    return len(deals)


def find_owner(deal: Deal, now: datetime) -> None:
    """Its owner can own it no longer: whoever the rules name does."""
    to, why = _by_rules(deal, now)
    _give(None, deal, to, why, now=now, reason="")


def _by_rules(deal: Deal, now: datetime) -> tuple[int, str]:
    choice = routing.assign(_facts(deal), queries.open_by_owner(), now=now, but=deal.owner_id)
    return choice.user_id, choice.why[: actions.LONGEST_WHY]


def _facts(deal: Deal) -> Facts:
    if deal.referral_id is not None:
        return actions.routed_by(queries.qualified(deal.referral_id))
    partner = routes.partner(deal.partner_id) if deal.partner_id is not None else None
    return routes.facts(country="", industry="", employees=None, partner=partner)


def _give(
    by_id: int | None, deal: Deal, to_id: int, why: str, *, now: datetime, reason: str, is_one_of_many: bool = False
) -> None:
    before = deal.owner_id
    db.session.add(Handover(deal_id=deal.id, from_id=before, to_id=to_id, by_id=by_id, at=now, reason=reason))
    deal.owner_id, deal.owner_rule = to_id, why
    if deal.stage in rules.OPEN:
        stages.plan(deal, today_of(now))
    db.session.flush()
    told: dict[str, Any] = {"by": by_id, "at": now, "ref": deal.ref, "partner_id": deal.partner_id}
    told["deal_id"] = deal.id
    many: dict[str, Any] = {"before_user_id": before, "owner_user_id": to_id, "is_one_of_many": is_one_of_many}
    publish(DealHandedOver(**told, **many))
    if why != BY_HAND:
        publish(OwnerChosen(**told, owner_user_id=to_id, why=why))
