"""What stands between partners and their money: read for several at once, from what is on file now."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.partners.models import Partner, PayoutDetails
from portal.partners.rules import PayoutDetailsState, payout_block
from portal.scope import all_partners

WHY = "finance pays the partners of the whole program"
_Confirmed, _Proposed = sa.orm.aliased(PayoutDetails), sa.orm.aliased(PayoutDetails)
CHANGE_WAITS, HAS_DETAILS = _Proposed.id.is_not(None), _Confirmed.id.is_not(None)
LACKS = Partner.tax_form_on.is_(None) | ~HAS_DETAILS | CHANGE_WAITS
"""Of a statement `with_details`: something is `missing`."""
ON_FILE = (Partner.tax_form_on, _Confirmed.id.label("details_id"), _Proposed.id.label("proposed_id"))


@dataclass(frozen=True)
class Standing:
    """Whether a partner can be paid: where to, or what is missing."""

    partner: str
    details_id: int | None
    missing: str
    """The sentence that says why not; empty where nothing is missing."""


def standing(partner_ids: Collection[int]) -> dict[int, Standing]:
    columns: tuple[Any, ...] = (Partner.id, Partner.name, *ON_FILE)
    wanted = with_details(sa.select(*columns).select_from(Partner))
    found = db.session.execute(all_partners(wanted.where(Partner.id.in_(partner_ids)), WHY))
    return {row.id: Standing(row.name, row.details_id, missing(row)) for row in found}


def with_details(wanted: sa.Select[Any]) -> sa.Select[Any]:
    """A statement over partners, with what is on file: it selects ON_FILE."""
    for details, state in ((_Confirmed, PayoutDetailsState.CONFIRMED), (_Proposed, PayoutDetailsState.PROPOSED)):
        wanted = wanted.join(details, (details.partner_id == Partner.id) & (details.state == state), isouter=True)
    return wanted


def missing(row: sa.Row[Any]) -> str:
    """Of a row that selected ON_FILE."""
    return payout_block(
        has_details=row.details_id is not None,
        change_waits=row.proposed_id is not None,
        tax_form_on=row.tax_form_on,
    )
