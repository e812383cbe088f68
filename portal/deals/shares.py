"""Who has a share of a deal."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.deals.models import Deal, DealShare
from portal.errors import Refused
from portal.extensions import db
from portal.partners.models import Partner
from portal.referrals.models import Referral
from portal.scope import all_partners

ALONE = "This deal is not shared: it has one partner at most."
_ALL = "those who share a deal are told of it together, each of its own share only"
_Own, _Share, _Partner = sa.orm.aliased(Deal), sa.orm.aliased(DealShare), sa.orm.aliased(Partner)


def _of_referral(referral_id: Any, column: Any) -> Any:
    """Of the share that a referral has, where it has one: an index lookup."""
    live = sa.select(column).where(_Share.referral_id == referral_id, _Share.ended_at.is_(None))
    return live.scalar_subquery().correlate_except(_Share)  # however deep in a statement it stands


SHARE = _of_referral(Referral.id, _Share.share_bp).label("share_bp")
"""Beside a referral: its share in basis points; nothing where the deal is not shared."""


def is_deal_of(referral_id: Any) -> sa.ColumnElement[bool]:
    """The deal that a referral led to, or that it has a share of: by its key, after a lookup in an index or two.

    Not by OR, for which a database leaves the order of the list that it joins to."""
    led_to = sa.select(_Own.id).where(_Own.referral_id == referral_id).scalar_subquery().correlate_except(_Own)
    return Deal.id == sa.func.coalesce(led_to, _of_referral(referral_id, _Share.deal_id))


def referral_by_which(partner_id: Any) -> Any:
    """Of a deal: the referral by which this partner has it or shares it."""
    shared = sa.select(_Share.referral_id).where(
        _Share.deal_id == Deal.id, _Share.partner_id == partner_id, _Share.ended_at.is_(None)
    )
    return sa.func.coalesce(shared.scalar_subquery(), Deal.referral_id)


def called_by(partner_id: Any) -> Any:
    """What this partner calls the company of a deal: each who shares it has introduced it in its own spelling."""
    own = (
        sa.select(Referral.company)
        .join(_Share, _Share.referral_id == Referral.id)
        .where(_Share.deal_id == Deal.id, _Share.partner_id == partner_id, _Share.ended_at.is_(None))
    )
    return sa.func.coalesce(own.scalar_subquery(), Deal.company).label("company")


def of_own_people(user_id: int) -> sa.CompoundSelect[Any]:
    """Ids of the deals that referrals of this person led to, or share."""
    sent = sa.select(Referral.id).where(Referral.by_id == user_id)
    shared = sa.select(DealShare.deal_id).where(DealShare.referral_id.in_(sent), DealShare.ended_at.is_(None))
    return sa.union_all(sa.select(Deal.id).where(Deal.referral_id.in_(sent)), shared)


def has_share(deal_id: Any, partner_id: Any) -> sa.ColumnElement[bool]:
    """Whether the partner has a share of the deal today."""
    return sa.exists().where(
        DealShare.deal_id == deal_id, DealShare.partner_id == partner_id, DealShare.ended_at.is_(None)
    )


def of_deal(deal_id: int) -> Sequence[DealShare]:
    """Those that hold now, in the order in which a rest is handed out; none where one partner has the deal."""
    live = sa.select(DealShare).where(DealShare.deal_id == deal_id, DealShare.ended_at.is_(None))
    return db.session.scalars(all_partners(live.order_by(DealShare.id), _ALL)).all()


def joined(deal_id: Any) -> Sequence[Any]:
    """Who shares it besides the partner who brought it: partner_id, deal_id, referral_id, referral_ref."""
    own = (DealShare.partner_id, DealShare.deal_id, DealShare.referral_id)
    wanted = (
        sa.select(*own, Referral.ref.label("referral_ref"))
        .join(Deal, Deal.id == DealShare.deal_id)
        .join(Referral, Referral.id == DealShare.referral_id)
        .where(DealShare.deal_id == deal_id, DealShare.ended_at.is_(None), DealShare.referral_id != Deal.referral_id)
        .order_by(DealShare.id)
    )
    return db.session.execute(all_partners(wanted, _ALL)).all()


def deal_called(ref: str) -> Any:
    """Its id, within another statement."""
    return sa.select(_Own.id).where(_Own.ref == ref).scalar_subquery()


def agreed_with(referral_id: Any) -> Any:
    """Of a deal: since when the partner of this referral shares it."""
    first = sa.select(sa.func.min(_Share.decided_at)).where(
        _Share.deal_id == Deal.id, _Share.referral_id == referral_id
    )
    return first.scalar_subquery().correlate_except(_Share)


IN_WORDS = (
    sa.select(sa.func.aggregate_strings(_Partner.name + sa.literal("\t") + sa.cast(_Share.share_bp, sa.String), "\n"))
    .select_from(_Share)
    .join(_Partner, _Partner.id == _Share.partner_id)
    .where(_Share.deal_id == Deal.id, _Share.ended_at.is_(None))
    .scalar_subquery()
    .label("shared")
)
"""Beside a deal, for staff: a line for each partner who shares it, with its basis points."""


OTHERS = (
    sa.select(sa.func.count())
    .where(_Share.deal_id == Deal.id, _Share.ended_at.is_(None), _Share.partner_id != Deal.partner_id)
    .scalar_subquery()
    .label("others")
)
"""Beside a deal in a list: how many share it besides the partner who brought it."""


def joined_another(partner_ids: Sequence[int]) -> bool:
    """Whether one of these partners shares a deal that another brought."""
    live = sa.select(DealShare.id).join(Deal, Deal.id == DealShare.deal_id).where(DealShare.ended_at.is_(None))
    theirs = live.where(DealShare.partner_id.in_(partner_ids), Deal.partner_id != DealShare.partner_id).limit(1)
    return db.session.scalar(all_partners(theirs, "staff narrow the list of deals by partner")) is not None


def told(deal_id: int) -> Sequence[Any]:
    """For staff, each share there was, the latest first: percent and until when, whose, by which referral, by whom and
    why."""
    wanted = (
        sa.select(DealShare, Partner.name.label("partner"), Referral.ref.label("referral_ref"), User.name.label("by"))
        .join(Partner, Partner.id == DealShare.partner_id)
        .join(Referral, Referral.id == DealShare.referral_id)
        .join(User, User.id == DealShare.decided_by_id)
        .where(DealShare.deal_id == deal_id)
        .order_by(DealShare.ended_at.is_not(None), DealShare.decided_at.desc(), DealShare.id)
        .limit(100)
    )
    return db.session.execute(all_partners(wanted, _ALL)).all()


def sides(deal: Deal, joining: Referral | None = None) -> Sequence[Any]:
    """Who has the deal, the one who brought it first, and who is about to join: referral_id, referral_ref, partner;
    share_bp where it is shared."""
    shared = sa.select(DealShare.referral_id).where(DealShare.deal_id == deal.id, DealShare.ended_at.is_(None))
    wanted = (
        sa.select(Referral.id.label("referral_id"), Referral.ref.label("referral_ref"), Partner.name.label("partner"))
        .add_columns(SHARE)
        .join(Partner, Partner.id == Referral.partner_id)
        .where(Referral.id.in_([deal.referral_id, joining.id if joining else None]) | Referral.id.in_(shared))
        .order_by(Referral.id != deal.referral_id, Referral.id)
    )
    return db.session.execute(all_partners(wanted, _ALL)).all()


def to_divide(ref: str) -> Deal:
    """The deal, locked for whoever divides it. Raises Refused where nobody shares it."""
    found: Deal = db.one_or_404(all_partners(sa.select(Deal).where(Deal.ref == ref).with_for_update(), _ALL))
    if not of_deal(found.id):
        raise Refused(ALONE)
    return found


def deal_of(referral_ref: str) -> Deal | None:
    """The deal that a referral led to or shares, locked for whoever divides it; None where there is none."""
    of_it = sa.select(Deal).join(Referral, is_deal_of(Referral.id)).where(Referral.ref == referral_ref)
    return db.session.scalar(all_partners(of_it.with_for_update(of=Deal), _ALL))
