"""What stands against a referral: records of the same company, as the rules of engagement look at them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import sqlalchemy as sa

from portal.activity.models import EventRow
from portal.deals.models import CustomerPayment, Deal
from portal.deals.rules import OPEN as OPEN_DEALS
from portal.deals.rules import Stage
from portal.engagement.queries import published
from portal.engagement.rules import Claim, Customer, Opportunity, Ruling, Standing, strongest
from portal.extensions import db
from portal.lookalikes.models import CompanyName, SoftHold
from portal.lookalikes.rules import HoldState
from portal.referrals.models import Protection, Referral
from portal.referrals.rules import PROTECTION_LIVE, ProtectionState, keeps_others_out
from portal.scope import all_partners

_WHY = "a claim is ruled against those of everybody; no partner sees whose they are"


@dataclass(frozen=True)
class Against:
    """What a referral is in conflict with."""

    ruling: Ruling
    ref: str
    holder_id: int | None
    """None: it is ours."""


def against(referral: Referral, refs: Sequence[str], now: datetime) -> Against | None:
    """The ruling on this referral against these records; None where it stands before all of them."""
    if not refs:
        return None
    rows = {row.ref: row for row in db.session.execute(all_partners(_RECORDS, _WHY), {"refs": [*refs, referral.ref]})}
    mine = _claim(rows.pop(referral.ref), now)
    standings = [each for row in rows.values() for each in _standings(row, referral.partner_id, now)]
    found = strongest(published(), mine, standings)
    if found is None:
        return None
    ruling, standing = found
    return Against(ruling, standing.key, rows[standing.key].partner_id if isinstance(standing, Claim) else None)


def _standings(row: Any, claimant_id: int, now: datetime) -> list[Standing]:
    is_others = row.partner_id is not None and row.partner_id != claimant_id
    found: list[Standing] = []
    if row.stage is Stage.WON and row.won_on is not None:
        bought = max(filter(None, (row.won_on, row.paid_on)))
        found.append(Customer(row.ref, _start_of(row.won_on), _start_of(bought)))
    if is_others and _is_live(row, now):
        found.append(_claim(row, now))
    elif row.stage in OPEN_DEALS and row.partner_id != claimant_id:
        found.append(Opportunity(row.ref, row.opened_at, max(filter(None, (row.stage_since, row.touched_at)))))
    return found


def _is_live(row: Any, now: datetime) -> bool:
    if row.hold is not None:
        return row.hold is HoldState.HELD and row.ends_at > now
    return keeps_others_out(row.status, row.protection, row.ends_at, now)


def _claim(row: Any, now: datetime) -> Claim:
    if row.hold is not None:
        return Claim(row.ref, row.registered_at, until=row.ends_at, is_hold=True, place=row.place)
    is_protected = row.protection in PROTECTION_LIVE and keeps_others_out(None, row.protection, row.ends_at, now)
    ends_at = None if row.protection is ProtectionState.PAUSED else row.ends_at
    since = row.since or row.registered_at
    held_at = since if since < row.registered_at else None
    until = ends_at if is_protected else None
    return Claim(row.ref, max(row.registered_at, since), held_at, is_protected, until, place=row.place or 0)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


_REFS: sa.BindParameter[Any] = sa.bindparam("refs", expanding=True)
_TOUCHED = sa.select(sa.func.max(EventRow.at)).where(EventRow.ref == Deal.ref).scalar_subquery()
_PAID = (
    sa.select(sa.func.max(CustomerPayment.paid_on))
    .where(CustomerPayment.deal_id == Deal.id, CustomerPayment.amount_minor > 0)
    .scalar_subquery()
)
_OF_DEAL: tuple[Any, ...] = (
    *(Deal.stage, Deal.won_on, Deal.created_at.label("opened_at"), Deal.stage_since),
    *(_TOUCHED.label("touched_at"), _PAID.label("paid_on")),
)
_OF_REFERRALS = (
    sa.select(
        *(Referral.ref, Referral.partner_id, Referral.received_at.label("registered_at"), CompanyName.since),
        *(Referral.status, Protection.state.label("protection"), Protection.ends_at),
        *(sa.type_coerce(sa.null(), SoftHold.state.type).label("hold"), CompanyName.id.label("place"), *_OF_DEAL),
    )
    .outerjoin(CompanyName, CompanyName.ref == Referral.ref)
    .outerjoin(Protection, Protection.referral_id == Referral.id)
    .outerjoin(Deal, Deal.referral_id == Referral.id)
    .where(Referral.ref.in_(_REFS))
)
_NULLS = [sa.null() for _ in _OF_DEAL]
_OF_DEALS = sa.select(*(Deal.ref, Deal.partner_id, Deal.created_at, *[sa.null()] * 6, *_OF_DEAL)).where(
    Deal.ref.in_(_REFS)
)
_OF_HOLDS = (
    sa.select(
        *(SoftHold.ref, SoftHold.partner_id, SoftHold.starts_at, sa.null(), sa.null(), sa.null(), SoftHold.ends_at),
        *(SoftHold.state, CompanyName.id, *_NULLS),
    )
    .join(CompanyName, CompanyName.ref == SoftHold.ref)
    .where(SoftHold.ref.in_(_REFS))
)
_RECORDS: sa.CompoundSelect[Any] = sa.union_all(_OF_REFERRALS, _OF_DEALS, _OF_HOLDS)
