"""A deal that two partners share: Hana brought it, Ben came second."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from portal.auth.models import User
from portal.conflicts import actions as conflicts
from portal.deals.models import Deal
from portal.extensions import db
from portal.fees.models import FeeLine
from portal.referrals.models import Referral
from portal.scope import all_partners
from tests.support import fees, make, sales
from tests.support.make import NOON

ACME: dict[str, Any] = {"company": "Kallwitz Maschinenbau GmbH", "website": "kallwitz.example"}
SPELT: dict[str, Any] = {"company": "Kallwitz-Maschinenbau", "website": "www.kallwitz.example/en"}
HOUR = timedelta(hours=1)
BECAUSE = "Both know the board."


class Shared(NamedTuple):
    hana: User
    ben: User
    deal: Deal
    first: Referral
    second: Referral


def contested(now: datetime = NOON) -> Shared:
    """Hana's deal is open, Ben's referral of the same company is in conflict with it."""
    fees.program()
    hana, ben = (sales.detached(sales.lead(name=name)) for name in ("Hana Quist", "Ben Otieno"))
    deal = sales.qualified(hana, now, **ACME)
    return Shared(hana, ben, deal, sales.referral_of(deal), sales.referral(ben, now + HOUR, **SPELT))


def agreed(first_bp: int = 6000, now: datetime = NOON) -> Shared:
    """The same, split."""
    found = contested(now)
    divided = {found.first.id: first_bp, found.second.id: 10_000 - first_bp}
    seen = found.second.version
    given: dict[str, Any] = {"divided": divided, "because": BECAUSE}
    conflicts.split(make.staff(), found.second, seen_version=seen, now=now + 2 * HOUR, **given)
    db.session.commit()
    return found


def won(found: Shared, minor: int = 2_600_001, now: datetime = fees.WON) -> Shared:
    sales.moved(found.deal, "contacted", now=now)
    sales.moved(found.deal, "won", now=now, value_minor=minor, won_on=now.date())
    return found


def line_of(found: Shared, user: User) -> FeeLine:
    """What the deal pays the company of this person, as the database has it now."""
    wanted = sa.select(FeeLine).where(FeeLine.deal_id == found.deal.id, FeeLine.partner_id == user.partner_id)
    live = wanted.where(FeeLine.state != "void").execution_options(populate_existing=True)
    return db.session.scalars(all_partners(live, "a test")).one()
