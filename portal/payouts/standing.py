"""What stands between partners and their money: read for several at once, from what is on file now."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.extensions import db
from portal.fees.models import FeeLine
from portal.fees.rules import LineState
from portal.money import Money
from portal.partners.models import Partner, PayoutDetails
from portal.partners.rules import PayoutDetailsState, payout_block
from portal.scope import all_partners

WHY = "finance pays the partners of the whole program"
_Confirmed, _Proposed = sa.orm.aliased(PayoutDetails), sa.orm.aliased(PayoutDetails)
_ON_FILE = (Partner.tax_form_on, _Confirmed.id.label("details_id"), _Proposed.id.label("proposed_id"))


@dataclass(frozen=True)
class Standing:
    """Whether a partner can be paid: where to, or what is missing."""

    partner: str
    details_id: int | None
    missing: str
    """The sentence that says why not; empty where nothing is missing."""


@dataclass(frozen=True)
class Sum:
    """What is in one state for one partner, in one currency."""

    partner_ref: str
    partner: str
    amount: Money
    fees: int
    missing: str


def standing(partner_ids: Collection[int]) -> dict[int, Standing]:
    columns: tuple[Any, ...] = (Partner.id, Partner.name, *_ON_FILE)
    wanted = _with_details(sa.select(*columns).select_from(Partner))
    found = db.session.execute(all_partners(wanted.where(Partner.id.in_(partner_ids)), WHY))
    return {row.id: Standing(row.name, row.details_id, _missing(row)) for row in found}


def sums(user: User, state: LineState, limit: int = 100) -> list[Sum]:
    """What is in this state, by partner and currency, the oldest first, with what keeps each from being paid."""
    if not user.may(Permission.VIEW_FEES):
        return []
    columns: tuple[Any, ...] = (FeeLine.partner_id, FeeLine.currency, sa.func.sum(FeeLine.amount_minor).label("minor"))
    summed = (
        sa.select(*columns, sa.func.count().label("fees"), sa.func.min(FeeLine.id).label("first_id"))
        .where(FeeLine.state == state)
        .group_by(FeeLine.partner_id, FeeLine.currency)
        .order_by(sa.func.min(FeeLine.id))
        .limit(limit)
        .subquery()
    )
    wanted = _with_details(
        sa.select(Partner.ref, Partner.name, summed.c.currency, summed.c.minor, summed.c.fees, *_ON_FILE)
        .select_from(summed)
        .join(Partner, Partner.id == summed.c.partner_id)
    ).order_by(summed.c.first_id)
    found = db.session.execute(all_partners(wanted, WHY))
    return [Sum(row.ref, row.name, Money(int(row.minor), row.currency), row.fees, _missing(row)) for row in found]


def _with_details(wanted: sa.Select[Any]) -> sa.Select[Any]:
    for details, state in ((_Confirmed, PayoutDetailsState.CONFIRMED), (_Proposed, PayoutDetailsState.PROPOSED)):
        wanted = wanted.join(details, (details.partner_id == Partner.id) & (details.state == state), isouter=True)
    return wanted


def _missing(row: sa.Row[Any]) -> str:
    return (
        payout_block(
            has_details=row.details_id is not None,
            change_waits=row.proposed_id is not None,
            tax_form_on=row.tax_form_on,
        )
        or ""
    )
