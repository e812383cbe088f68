"""Several partners on one deal: who has which part, from when on. What was agreed before stays on record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from portal.auth.models import User
from portal.deals import rules, share_rules, shares
from portal.deals.events import ShareAgreed
from portal.deals.models import Deal, DealShare
from portal.deals.rules import Stage
from portal.errors import Overtaken, Refused
from portal.events import publish
from portal.extensions import db
from portal.protections import actions as protections
from portal.referrals.models import Referral
from portal.referrals.queries import terms_of
from portal.scope import all_partners


def join(by: User, deal: Deal, referral: Referral, divided: Mapping[int, int], *, now: datetime, because: str) -> None:
    """A qualified referral has a part of the deal of another. `divided` is basis points by the ids of referrals.

    Raises Refused where the parts do not make the whole, or the deal is not open."""
    check_open(deal)
    pays_in = terms_of(referral.partner_id, referral.agreement_id).currency
    if pays_in != deal.currency:
        raise Refused(f"The agreement of this referral pays in {pays_in}, and the deal is in {deal.currency}.")
    in_it = {each.referral_id for each in shares.sides(deal)} | {referral.id}
    _divide(by, deal, divided, in_it, now=now, because=because)
    if deal.stage is Stage.PARKED:
        protections.pause(referral.partner_id, referral.id, now)


def divide(by: User, deal: Deal, divided: Mapping[int, int], *, seen_version: int, now: datetime, because: str) -> None:
    """Other parts for those who share it, from here on.

    Raises Refused where the parts do not make the whole, or nobody shares it, or it is not open; Overtaken on an older
    version of the deal."""
    if deal.version != seen_version:
        raise Overtaken
    check_open(deal)
    before = {each.referral_id: each.share_bp for each in shares.of_deal(deal.id)}
    if not before:
        raise Refused(shares.ALONE)
    if before == divided:
        raise Refused("These are the shares that hold already.")
    _divide(by, deal, divided, set(before), now=now, because=because)
    flag_modified(deal, "company")  # whoever looked at it before is overtaken
    db.session.flush()


def check_open(deal: Deal) -> None:
    """Raise Refused where there is nothing to share any more."""
    if deal.stage not in rules.OPEN:
        raise Refused(f"The deal is {rules.LABEL[deal.stage].lower()}: its shares stay as they are.")


def _divide(by: User, deal: Deal, divided: Mapping[int, int], in_it: set[int], *, now: datetime, because: str) -> None:
    if not because:
        raise Refused(share_rules.NO_REASON, "because")
    share_rules.check_shares(divided)
    if set(divided) != in_it:
        raise Refused("Others share this deal meanwhile. Look again, then divide it.")
    for before in shares.of_deal(deal.id):
        before.ended_at = now
    db.session.flush()
    for referral in _referrals(divided):
        _give(by, deal, referral, divided[referral.id], now=now, because=because)


def _give(by: User, deal: Deal, referral: Referral, share_bp: int, *, now: datetime, because: str) -> None:
    decided: dict[str, Any] = {"reason": because, "decided_by_id": by.id, "decided_at": now}
    own = {"partner_id": referral.partner_id, "referral_id": referral.id}
    share = DealShare(deal_id=deal.id, share_bp=share_bp, **own, **decided)
    db.session.add(share)
    db.session.flush()
    about: dict[str, Any] = {"by": by.id, "at": now, "ref": referral.ref, "partner_id": referral.partner_id}
    publish(ShareAgreed(**about, deal_id=deal.id, share_id=share.id, percent=share_rules.percent(share_bp)))


def _referrals(divided: Mapping[int, int]) -> list[Referral]:
    """In the order in which a rest is handed out: who came first."""
    wanted = sa.select(Referral).where(Referral.id.in_(divided)).order_by(Referral.id)
    return list(db.session.scalars(all_partners(wanted, "the referrals that share one deal")))
