from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from portal.agreements.models import Agreement
from portal.agreements.plans import Plan
from portal.agreements.terms import Terms
from portal.auth.models import User
from portal.auth.permissions import Permission, Reach
from portal.auth.readers import asked
from portal.deals import shares
from portal.deals.models import Deal, DealShare
from portal.deals.rules import OPEN as OPEN_DEALS
from portal.deals.share_rules import WHOLE
from portal.extensions import db
from portal.fees import engine, rules
from portal.fees.models import FeeLine, FeeYear
from portal.fees.rules import BOOKED, DATED, OPEN, LineState
from portal.money import Money
from portal.paging import Page, page_of
from portal.partners.models import Partner
from portal.referrals.models import Referral
from portal.scope import all_partners, owned_by

STAFF_READ = "staff see all fees"
_NONE = sa.cast(sa.null(), sa.BigInteger)


@dataclass(frozen=True)
class Totals:
    """What a reader has to do with, in one currency."""

    payable: Money
    """On a statement, not paid yet."""
    pay_on: date | None
    """The next day on which some of it is paid."""
    booked: Money
    """Earned, not yet on a statement."""
    earned_this_year: Money
    paid_this_year: Money
    expected: Money
    """What open deals would pay if they were won as they are expected; nothing where no value is."""


def visible_to(user: User, *columns: Any) -> sa.Select[Any]:
    """Staff who may see fees see all, a partner's lead and finance the company's, a member those of own referrals."""
    return _seen_by(user, sa.select(*(columns or (FeeLine,))))


def page(user: User, *, token: str | None, url: Callable[[str | None], str], states: Sequence[LineState] = ()) -> Page:
    """Lines for a list, the latest first, each with the deal that it is for."""
    listed = visible_to(user, *_LISTED).join(Deal, Deal.id == FeeLine.deal_id)
    if user.is_staff:
        listed = listed.add_columns(Partner.name.label("partner")).join(Partner, Partner.id == FeeLine.partner_id)
    if states:
        listed = listed.where(FeeLine.state.in_(states))
    return page_of(db.session, listed, [FeeLine.booked_at, FeeLine.id], token=token, url=url, descending=True)


def whole(user: User, ref: str) -> sa.Row[Any] | None:
    """Everything that the page of one line shows; None where the reader has none of this reference."""
    approver, payer = sa.orm.aliased(User), sa.orm.aliased(User)
    wanted = (
        visible_to(user, FeeLine, *_AROUND, approver.name.label("approver"), payer.name.label("payer"))
        .join(Deal, Deal.id == FeeLine.deal_id)
        .join(Partner, Partner.id == FeeLine.partner_id)
        .join(Agreement, Agreement.id == FeeLine.agreement_id)
        .join(Referral, Referral.id == shares.referral_by_which(FeeLine.partner_id), isouter=True)
        .join(approver, approver.id == FeeLine.approved_by_id, isouter=True)
        .join(payer, payer.id == FeeLine.paid_by_id, isouter=True)
    )
    return db.session.execute(wanted.where(FeeLine.ref == ref)).one_or_none()


def lines_of_deal(user: User, deal_id: int) -> Sequence[sa.Row[Any]]:
    """What a deal earned, oldest first."""
    return _of_deal(user, deal_id=deal_id).all()


def lines_of_deals(user: User, deal_ids: Sequence[int]) -> dict[int, list[Any]]:
    """What each of some deals earned, for a list; a deal that earned nothing is left out."""
    found: dict[int, list[Any]] = defaultdict(list)
    for line in _of_deals(user, deal_ids=deal_ids) if deal_ids else ():
        found[line.deal_id].append(line)
    return found


@lru_cache(maxsize=10_000)
def _first_deal(plan: Plan, minor: int) -> Money:
    return engine.estimate(plan, Money(minor, plan.currency)).total


def estimate(terms: Terms, minor: int, share_bp: int | None = None) -> Money:
    """What a first deal of this value would pay, or a share of it; the value is in the currency of the terms."""
    whole = _first_deal(terms.plan, minor)
    return whole if share_bp is None else Money(whole.minor * share_bp // WHOLE, whole.currency)


def totals(user: User, now: datetime) -> list[Totals]:
    """The figures of a partner's person, a set for each currency, in one query; none where there is nothing yet.

    A company's year is read from its rollup, its open amounts from what is not paid yet, so that neither grows with
    its history. A member's own are added up."""
    sums: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for row in db.session.execute(_sums(user, now)):
        if row.terms is not None:
            _add_expected(sums, row.currency, int(row.minor), Terms.from_data(row.terms))
            continue
        sums[row.currency][row.what] = row.minor
        if row.pay_on:
            sums[row.currency]["pay_on"] = row.pay_on
    return [_totals(currency, sums[currency]) for currency in sorted(sums)]


def _add_expected(sums: dict[str, dict[str, Any]], currency: str, minor: int, terms: Terms) -> None:
    if currency == terms.currency:
        of_currency = sums[currency]
        of_currency["expected"] = of_currency.get("expected", 0) + estimate(terms, minor).minor


def _totals(currency: str, sums: dict[str, Any]) -> Totals:
    payable, booked, earned, paid, expected = (
        Money(int(sums.get(what, 0)), currency) for what in ("payable", "booked", "earned", "paid", "expected")
    )
    return Totals(payable, sums.get("pay_on"), booked, earned, paid, expected)


def _sums(user: User, now: datetime) -> sa.Select[Any]:
    """Rows of currency, what, minor, pay_on; what is expected also has the terms that it would be paid under."""
    what = sa.case((FeeLine.state.in_(DATED), "payable"), else_="booked").label("what")
    columns = (FeeLine.currency, what, sa.func.sum(FeeLine.amount_minor).label("minor"))
    unpaid = visible_to(user, *columns, sa.func.min(FeeLine.pay_on).label("pay_on"), _NONE.label("agreement_id"))
    unpaid = unpaid.where(FeeLine.state.in_(OPEN)).group_by(FeeLine.currency, what)
    years = _own_year if user.reach(Permission.VIEW_EARNINGS) is Reach.OWN else _company_year
    parts = sa.union_all(unpaid, *years(user, now), *_expected(user)).subquery()
    wanted = sa.select(parts, Agreement.terms).join(Agreement, Agreement.id == parts.c.agreement_id, isouter=True)
    return owned_by(wanted, user.partner_id or 0)


def _company_year(user: User, now: datetime) -> list[sa.Select[Any]]:
    rollup = FeeYear.partner_id == user.partner_id, FeeYear.year == rules.year_of(now)
    this_year = rollup if user.may(Permission.VIEW_EARNINGS) else (sa.false(),)
    amounts: tuple[tuple[str, Any], ...] = ("earned", FeeYear.earned_minor), ("paid", FeeYear.paid_minor)
    return [_row(what, FeeYear.currency, minor).where(*this_year) for what, minor in amounts]


def _row(what: str, currency: Any, minor: Any, agreement_id: Any = _NONE) -> sa.Select[Any]:
    columns: tuple[Any, ...] = (currency, sa.literal(what), minor, sa.cast(sa.null(), sa.Date), agreement_id)
    return sa.select(*columns)


def _own_year(user: User, now: datetime) -> list[sa.Select[Any]]:
    begins = datetime(rules.year_of(now), 1, 1, tzinfo=UTC)
    this_year = {
        "earned": (FeeLine.booked_at >= begins, FeeLine.state.in_(BOOKED)),
        "paid": (FeeLine.paid_at >= begins,),
    }
    total = sa.func.sum(FeeLine.amount_minor)
    return [
        _seen_by(user, _row(what, FeeLine.currency, total).where(*conditions).group_by(FeeLine.currency))
        for what, conditions in this_year.items()
    ]


def _expected(user: User) -> list[sa.Select[Any]]:
    """What the open deals of the reader's referrals are expected to be worth, by the agreement that they pay under: of
    those that it brought, then of those that another brought and that it shares; its part, where it has only one."""
    part = Deal.expected_minor * sa.func.coalesce(shares.SHARE, WHOLE) // WHOLE
    valued = _row("expected", Deal.currency, sa.func.sum(part), Referral.agreement_id).where(
        Deal.stage.in_(OPEN_DEALS), Deal.expected_minor.is_not(None)
    )
    valued = valued.select_from(Deal).group_by(Referral.agreement_id, Deal.currency)
    brought = valued.join(Referral, Referral.id == Deal.referral_id)
    joined = valued.join(DealShare, (DealShare.deal_id == Deal.id) & DealShare.ended_at.is_(None)).join(
        Referral, (Referral.id == DealShare.referral_id) & (Referral.id != Deal.referral_id)
    )
    return [
        _seen_by(user, brought, Deal.partner_id, Deal.id),
        _seen_by(user, joined, DealShare.partner_id, DealShare.deal_id),
    ]


_LISTED = (
    *(FeeLine.id, FeeLine.ref, FeeLine.version, FeeLine.state, FeeLine.amount_minor, FeeLine.currency),
    *(FeeLine.booked_at, FeeLine.pay_on, FeeLine.paid_at, shares.called_by(FeeLine.partner_id), Deal.won_on),
)
_AROUND = (
    *(Deal.ref.label("deal_ref"), Deal.won_on, Deal.value_minor, Deal.currency.label("deal_currency")),
    shares.called_by(FeeLine.partner_id),
    *(Partner.name.label("partner"), Partner.ref.label("partner_ref"), Referral.ref.label("referral_ref")),
    *(Agreement.ref.label("agreement_ref"), Agreement.terms),
)


def _seen_by(
    user: User, statement: sa.Select[Any], partner_id: Any = FeeLine.partner_id, deal_id: Any = FeeLine.deal_id
) -> sa.Select[Any]:
    """The rows of a statement over lines, or over their deals, that the reader may see."""
    if user.partner_id is None:
        if not user.may(Permission.VIEW_FEES):
            statement = statement.where(sa.false())
        return all_partners(statement, STAFF_READ)
    statement = statement.where(partner_id == user.partner_id)
    reach = user.reach(Permission.VIEW_EARNINGS)
    if reach is None:
        statement = statement.where(sa.false())
    elif reach is Reach.OWN:
        statement = statement.where(deal_id.in_(shares.of_own_people(user.id)))
    return owned_by(statement, user.partner_id)


_LINE = (FeeLine.ref, FeeLine.deal_id, FeeLine.amount_minor, FeeLine.currency, FeeLine.state, FeeLine.booked_at)
_DATES = (FeeLine.approved_at, FeeLine.paid_at, FeeLine.pay_on)


@asked
def _of_deal(reader: User) -> sa.Select[Any]:
    return visible_to(reader, *_LINE, *_DATES).where(FeeLine.deal_id == sa.bindparam("deal_id")).order_by(FeeLine.id)


@asked
def _of_deals(reader: User) -> sa.Select[Any]:
    some = FeeLine.deal_id.in_(sa.bindparam("deal_ids", expanding=True))
    return visible_to(reader, *_LINE, *_DATES).where(some).order_by(FeeLine.id)
