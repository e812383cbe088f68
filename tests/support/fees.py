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
from portal.ledger.models import Account
from portal.ledger.rules import AccountKind
from portal.money import Money
from portal.partners import actions as partners
from portal.partners.models import Partner
from portal.partners.rules import TaxFormKind
from portal.payouts import statements
from portal.payouts.standing import standing
from portal.scope import all_partners, owned_by
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


def company() -> Partner:
    """A partner as it comes about: taken on, so that its event is there."""
    n = make.number()
    taken_on = partners.create(
        None, name=f"Partner {n}", legal_name=f"Partner {n} GmbH", country="DE", address="", now=NOON
    )
    db.session.commit()
    return taken_on


def lead(*roles: Role, **terms: Any) -> User:
    """Somebody of a new partner that may refer."""
    partner = company()
    sales.agreement(partner, **terms)
    return sales.detached(make.partner_user(*roles, partner_id=partner.id))


def can_be_paid(partner_id: int) -> None:
    """Payout details and tax form are on file."""
    partner = db.session.scalars(all_partners(sa.select(Partner).where(Partner.id == partner_id), "a test")).one()
    person = make.partner_user(Role.PARTNER_FINANCE, partner_id=partner_id)
    partners.file_tax_form(person, partner, TaxFormKind.VAT_ID, today=NOON.date(), now=NOON)
    paid_to(partner, "DE89370400440532013000", NOON)


def paid_to(partner: Partner, account: str, now: datetime) -> None:
    person = make.partner_user(Role.PARTNER_FINANCE, partner_id=partner.id)
    details = partners.propose_payout_details(person, partner, holder=partner.legal_name, account=account, now=now)
    partners.confirm_payout_details(make.staff(Role.FINANCE_APPROVER), details, now=details.effective_at)
    db.session.commit()


def partner_of(line: FeeLine) -> Partner:
    return db.session.scalars(all_partners(sa.select(Partner).where(Partner.id == line.partner_id), "a test")).one()


def payable(lead: User, by: User, minor: int = A_DEAL, **given: Any) -> FeeLine:
    """A fee on an issued statement, of a partner that can be paid."""
    line = approved(lead, by, minor, **given)
    if not standing([line.partner_id])[line.partner_id].details_id:
        can_be_paid(line.partner_id)
    statements.issue(by, partner_of(line), currency=line.currency, now=WON)
    db.session.commit()
    return line


def line(ref: str) -> FeeLine:
    """As the database has it now."""
    wanted = sa.select(FeeLine).where(FeeLine.ref == ref).execution_options(populate_existing=True)
    return db.session.scalars(all_partners(wanted, "a test")).one()


def balance(partner_id: int, currency: str) -> Money:
    """What is booked for the partner and not yet paid."""
    own = sa.select(Account.balance_minor).where(
        Account.partner_id == partner_id, Account.kind == AccountKind.PAYABLE, Account.currency == currency
    )
    return Money(db.session.scalar(owned_by(own, partner_id)) or 0, currency)
