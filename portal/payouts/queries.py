from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from portal.auth.holders import holders
from portal.auth.holders import who_else as others
from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.choices import fixed
from portal.deals.models import Deal
from portal.documents.models import Document
from portal.documents.rules import DocumentKind
from portal.extensions import Kept, db
from portal.fees.models import FeeLine
from portal.fees.rules import LineState
from portal.money import Money
from portal.paging import Page, page_of
from portal.partners.models import Partner, PayoutDetails
from portal.payouts.models import PayoutLine, PayoutRun, Statement
from portal.payouts.standing import ON_FILE, missing, with_details
from portal.scope import all_partners, owned_by

STAFF_READ = "staff see all payouts"


@dataclass(frozen=True)
class Sum:
    """What is in one state for one partner, in one currency."""

    partner_ref: str
    partner: str
    amount: Money
    fees: int
    missing: str
    """The sentence that says why this partner cannot be paid; empty where nothing is missing."""


def sums(user: User, state: LineState, limit: int = 100) -> list[Sum]:
    """What is in this state, by partner and currency, the oldest first, with what keeps each from being paid."""
    if not user.may(Permission.VIEW_FEES):
        return []
    return [
        Sum(row.ref, row.name, Money(int(row.minor), row.currency), row.fees, missing(row))
        for row in _sums(limit).read({"state": state})
    ]


@cache
def _sums(limit: int) -> Kept:
    columns: tuple[Any, ...] = (FeeLine.partner_id, FeeLine.currency, sa.func.sum(FeeLine.amount_minor).label("minor"))
    summed = (
        sa.select(*columns, sa.func.count().label("fees"), sa.func.min(FeeLine.id).label("first_id"))
        .where(FeeLine.state == sa.bindparam("state", type_=FeeLine.state.type))
        .group_by(FeeLine.partner_id, FeeLine.currency)
        .order_by(sa.func.min(FeeLine.id))
        .limit(fixed(limit))
        .subquery()
    )
    found = sa.select(Partner.ref, Partner.name, summed.c.currency, summed.c.minor, summed.c.fees, *ON_FILE)
    found = with_details(found.select_from(summed).join(Partner, Partner.id == summed.c.partner_id))
    return Kept(all_partners(found.order_by(summed.c.first_id), STAFF_READ))


def payable(user: User) -> list[Sum]:
    """What could be paid now, and what keeps the rest."""
    return sums(user, LineState.PAYABLE)


def approved(user: User) -> list[Sum]:
    """What could go on a statement now, and what keeps the rest."""
    return sums(user, LineState.APPROVED)


def block_of(user: User) -> str:
    """Why the reader's company cannot be paid now; empty where nothing stands in the way."""
    if user.partner_id is None or not user.may(Permission.VIEW_STATEMENTS):
        return ""
    own: tuple[Any, ...] = ON_FILE
    wanted = with_details(sa.select(*own).select_from(Partner)).where(Partner.id == user.partner_id)
    return missing(db.session.execute(owned_by(wanted, user.partner_id)).one())


def statements_visible_to(user: User, *columns: Any) -> sa.Select[Any]:
    """Staff who may see fees see all statements, a partner's lead and finance those of the company."""
    wanted = sa.select(*(columns or (Statement,)))
    if user.partner_id is None:
        return all_partners(wanted if user.may(Permission.VIEW_FEES) else wanted.where(sa.false()), STAFF_READ)
    own = wanted.where(Statement.partner_id == user.partner_id)
    if not user.may(Permission.VIEW_STATEMENTS):
        own = own.where(sa.false())
    return owned_by(own, user.partner_id)


def statements(user: User, limit: int = 24) -> Sequence[sa.Row[Any]]:
    """The latest statements, each with the state of its PDF."""
    columns = (Statement.ref, Statement.state, Statement.total_minor, Statement.currency, Statement.line_count)
    paper = sa.and_(Document.ref == Statement.ref, Document.kind == DocumentKind.STATEMENT)
    wanted = (
        statements_visible_to(user, *columns, Statement.pay_on, Statement.issued_at, Document.sha256)
        .join(Document, paper, isouter=True)
        .order_by(Statement.issued_at.desc(), Statement.id.desc())
    )
    return db.session.execute(wanted.limit(limit)).all()


def statement(user: User, ref: str) -> sa.Row[Any] | None:
    """Reference, partner_id and the hash of the PDF where it is made; None where the reader has none of this name."""
    paper = sa.and_(Document.ref == Statement.ref, Document.kind == DocumentKind.STATEMENT)
    columns = (Statement.ref, Statement.partner_id, Document.sha256)
    wanted = statements_visible_to(user, *columns).join(Document, paper, isouter=True)
    return db.session.execute(wanted.where(Statement.ref == ref)).one_or_none()


def statement_ref(user: User, statement_id: int | None) -> str | None:
    if statement_id is None:
        return None
    found: str | None = db.session.scalar(
        statements_visible_to(user, Statement.ref).where(Statement.id == statement_id)
    )
    return found


def runs(user: User, *, token: str | None, url: Callable[[str | None], str]) -> Page:
    """Payout runs, the latest first, each with who built it."""
    columns: tuple[Any, ...] = (*PayoutRun.__table__.columns, User.name.label("builder"))
    listed = sa.select(*columns).join(User, User.id == PayoutRun.built_by_id)
    keys = [PayoutRun.built_at, PayoutRun.id]
    return page_of(db.session, all_partners(listed, STAFF_READ), keys, token=token, url=url, descending=True)


def run(ref: str) -> PayoutRun:
    """404 where there is none of this reference."""
    found: PayoutRun = db.one_or_404(sa.select(PayoutRun).where(PayoutRun.ref == ref))
    return found


def who_else(run_id: int, built_by_id: int) -> str:
    """Who may release a run or record it as paid: neither its builder nor whoever approved a fee in it."""
    nor = sa.union(_approvers(run_id), sa.select(sa.literal(built_by_id)))
    return others(Permission.RELEASE_PAYOUTS, holders(Permission.RELEASE_PAYOUTS, nor=nor))


def approvers(run_id: int) -> Sequence[int]:
    """Who approved the fees in this run, once for each."""
    return db.session.scalars(all_partners(_approvers(run_id), STAFF_READ)).all()


def _approvers(run_id: Any) -> sa.Select[Any]:
    approvers = sa.select(FeeLine.approved_by_id).join(PayoutLine, PayoutLine.fee_line_id == FeeLine.id)
    return approvers.where(PayoutLine.run_id == run_id, PayoutLine.is_live, FeeLine.approved_by_id.is_not(None))


def whole_run(user: User, ref: str) -> sa.Row[Any] | None:
    """The run with how many partners it pays, the names of those who took its steps, and whether the reader approved a
    fee in it."""
    builder, releaser, payer = sa.orm.aliased(User), sa.orm.aliased(User), sa.orm.aliased(User)
    paid = sa.select(sa.func.count(PayoutLine.partner_id.distinct())).where(PayoutLine.run_id == PayoutRun.id)
    names = (builder.name.label("builder"), releaser.name.label("releaser"), payer.name.label("payer"))
    wanted = (
        sa.select(PayoutRun, *names, paid.scalar_subquery().label("partners"))
        .add_columns(_approvers(PayoutRun.id).where(FeeLine.approved_by_id == user.id).exists().label("approved"))
        .join(builder, builder.id == PayoutRun.built_by_id)
        .join(releaser, releaser.id == PayoutRun.released_by_id, isouter=True)
        .join(payer, payer.id == PayoutRun.paid_by_id, isouter=True)
        .where(PayoutRun.ref == ref)
    )
    return db.session.execute(all_partners(wanted, STAFF_READ)).one_or_none()


def lines(run: PayoutRun, *, token: str | None, url: Callable[[str | None], str]) -> Page:
    """The fees that are pinned to a run, in the order of their partners: whose, for what, how much and where to."""
    columns: tuple[Any, ...] = (
        *(PayoutLine.id, PayoutLine.partner_id, PayoutLine.amount_minor, PayoutLine.currency),
        *(FeeLine.ref, FeeLine.approved_by_id, Deal.company, Partner.name.label("partner")),
        *(PayoutDetails.holder, PayoutDetails.account_masked),
    )
    pinned = (
        sa.select(*columns)
        .join(FeeLine, FeeLine.id == PayoutLine.fee_line_id)
        .join(Deal, Deal.id == FeeLine.deal_id)
        .join(Partner, Partner.id == PayoutLine.partner_id)
        .join(PayoutDetails, PayoutDetails.id == PayoutLine.payout_details_id)
        .where(PayoutLine.run_id == run.id)
    )
    keys = [PayoutLine.partner_id, PayoutLine.id]
    return page_of(db.session, all_partners(pinned, STAFF_READ), keys, token=token, url=url)
