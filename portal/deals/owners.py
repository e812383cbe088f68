"""Who owns deals, who did, and whose can be handed over."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.auth.models import RoleGrant, User
from portal.auth.permissions import Permission, Reach
from portal.auth.rules import Role
from portal.deals.models import Deal, DealTotal, Handover
from portal.deals.queries import visible_to
from portal.deals.rules import OPEN
from portal.extensions import db
from portal.scope import all_partners

_OURS = "names of our own people"


def may_hand_over(user: User, deal: Deal) -> bool:
    """Whether the person's reach includes this one."""
    return user.may(Permission.HAND_OVER_DEALS, Reach.ASSIGNED if deal.owner_id == user.id else Reach.ANY)


def to_hand_over(user: User, ref: str) -> Deal:
    """The deal, locked for whoever hands it over; 404 for one that is not theirs to give."""
    wanted = visible_to(user).where(Deal.ref == ref)
    if not user.may(Permission.HAND_OVER_DEALS, Reach.ANY):
        wanted = wanted.where(Deal.owner_id == user.id)
    found: Deal = db.one_or_404(wanted.with_for_update())
    return found


def colleague(ref: str) -> User:
    """One of our own people, here or gone; 404 for anybody else."""
    wanted = sa.select(User).where(User.ref == ref, User.partner_id.is_(None))
    found: User = db.one_or_404(all_partners(wanted, _OURS))
    return found


def history(deal_id: int) -> Sequence[Any]:
    """Each change of owner, the latest first: at, reason, names of who it went from and to."""
    before, then = aliased(User), aliased(User)
    wanted = (
        sa.select(Handover.at, Handover.reason, before.name.label("before"), then.name.label("then"))
        .join(before, before.id == Handover.from_id)
        .join(then, then.id == Handover.to_id)
        .where(Handover.deal_id == deal_id)
        .order_by(Handover.id.desc())
    )
    return db.session.execute(all_partners(wanted, _OURS)).all()


def left_behind() -> list[int]:
    """Who has open deals and can own them no longer: gone, or no sales owner any more. Nobody, where nobody can."""
    can = sa.select(RoleGrant.user_id).join(User, User.id == RoleGrant.user_id)
    able = can.where(RoleGrant.role == Role.SALES_OWNER, User.disabled_at.is_(None))
    in_hand = sa.select(DealTotal.owner_id).where(DealTotal.stage.in_(OPEN), DealTotal.number > 0)
    wanted = in_hand.where(DealTotal.owner_id.not_in(able), sa.exists(able)).distinct()
    return list(db.session.scalars(all_partners(wanted, "who of us can own a deal")))
