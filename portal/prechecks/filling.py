"""What was there before the index of names was: entered once, when the database is brought up to date."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from portal.deals.actions import entry_of as entry_of_deal
from portal.deals.models import Deal
from portal.extensions import db
from portal.lookalikes.actions import Entry, keep_all
from portal.lookalikes.models import CompanyName
from portal.referrals.models import Referral
from portal.referrals.receiving import entry_of as entry_of_referral
from portal.scope import all_partners

AT_A_TIME = 500


def fill_index() -> int:
    """Enter every referral and every deal of another channel that has no entry. Commits. Says how many they were."""
    deals = sa.select(Deal).where(Deal.referral_id.is_(None))
    return _fill(sa.select(Referral), Referral, entry_of_referral) + _fill(deals, Deal, entry_of_deal)


def _fill(every: sa.Select[Any], model: type[Any], entry_of: Callable[[Any], Entry]) -> int:
    missing = every.where(~sa.exists().where(CompanyName.ref == model.ref)).order_by(model.id).limit(AT_A_TIME)
    count = 0
    while found := _some(missing):
        keep_all([entry_of(each) for each in found])
        db.session.commit()
        db.session.expunge_all()
        count += len(found)
    return count


def _some(missing: sa.Select[Any]) -> Sequence[Any]:
    return db.session.scalars(all_partners(missing, "what the index of names does not have yet")).all()
