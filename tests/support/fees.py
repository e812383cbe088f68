"""Won deals and what they earn, through the actions."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals.models import Deal
from portal.extensions import db
from portal.fees import actions
from portal.fees.models import FeeLine
from portal.scope import all_partners
from tests.support import make, sales
from tests.support.make import NOON

WON = NOON + timedelta(hours=3)
A_DEAL = 2_600_000
ITS_FEE = 260_000


def program() -> None:
    """As for sales, with somebody who owns deals."""
    sales.program()
    make.staff(Role.SALES_OWNER)


def open_deal(lead: User, now: datetime = NOON, **given: Any) -> Deal:
    return sales.moved(sales.qualified(lead, now, **given), "contacted", now=now)


def won_deal(lead: User, minor: int = A_DEAL, now: datetime = WON, **given: Any) -> Deal:
    return sales.moved(open_deal(lead, NOON, **given), "won", now=now, value_minor=minor, won_on=now.date())


def lines_of(deal: Deal) -> list[FeeLine]:
    """As the database has them now."""
    wanted = sa.select(FeeLine).where(FeeLine.deal_id == deal.id).execution_options(populate_existing=True)
    return list(db.session.scalars(all_partners(wanted, "a test")))


def booked(lead: User, minor: int = A_DEAL, **given: Any) -> FeeLine:
    """A fee that waits for approval."""
    (line,) = lines_of(won_deal(lead, minor, **given))
    return line


def maker(**given: Any) -> User:
    return sales.detached(make.staff(Role.FINANCE_MAKER, **given))


def approver(**given: Any) -> User:
    return sales.detached(make.staff(Role.FINANCE_APPROVER, **given))


def approved(lead: User, by: User, minor: int = A_DEAL, **given: Any) -> FeeLine:
    line = booked(lead, minor, **given)
    actions.approve(by, line, seen_version=line.version, now=WON)
    db.session.commit()
    return line


def line(ref: str) -> FeeLine:
    """As the database has it now."""
    wanted = sa.select(FeeLine).where(FeeLine.ref == ref).execution_options(populate_existing=True)
    return db.session.scalars(all_partners(wanted, "a test")).one()
