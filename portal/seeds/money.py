"""The finance side of the demo: fees approved, put on statements, and paid on the fifteenth by a second person."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa

from portal.auth.models import User
from portal.deals.models import Deal
from portal.extensions import db
from portal.fees import actions as fees
from portal.fees.models import FeeLine
from portal.fees.rules import LineState
from portal.partners import actions as partners
from portal.partners import queries as partner_queries
from portal.partners.models import Partner
from portal.partners.rules import TaxFormKind
from portal.payouts import actions as payouts
from portal.payouts import statements
from portal.payouts.models import PayoutRun
from portal.payouts.rules import RunState
from portal.scope import all_partners
from portal.seeds import cast
from portal.seeds.agenda import Agenda

WHY = "finance of the demo works on everybody's fees"
PAYMENT_DAY = 15
SATURDAY = 5
LEAVE_ALONE = timedelta(days=6)
"""The last days before now: what is done in them is told one by one, so that every stage is there to look at."""


class Finance:
    def __init__(self, people: dict[str, User]) -> None:
        self.people = people
        self._deals: defaultdict[str, list[int]] = defaultdict(list)

    def expect(self, course: str, deal: Deal) -> None:
        """How far the fee of this deal comes."""
        self._deals[course].append(deal.id)

    def give_details(self, at: datetime, company: cast.Company, partner: Partner) -> None:
        by = self.people[company.people[-1 if company.key == "brightwater" else 0].key]
        partners.propose_payout_details(by, partner, holder=company.legal_name, account=company.account, now=at)
        partners.file_tax_form(by, partner, TaxFormKind(company.tax_form), today=at.date(), now=at)
        details = partner_queries.details_proposed(partner.id)
        if details is None:
            raise RuntimeError("they were proposed a moment ago")
        partners.confirm_payout_details(self.people["olga"], details, now=at + timedelta(hours=2))

    def plan(self, agenda: Agenda) -> None:
        for payday in _paydays(agenda.now - timedelta(days=270), agenda.now - LEAVE_ALONE):
            agenda.on(payday - timedelta(days=8), lambda at: self._approve(at, "paid"))
            agenda.on(payday - timedelta(days=7), self._issue)
            agenda.on(payday - timedelta(days=2), self._build)
            agenda.on(payday, self._pay)
        agenda.on(agenda.at(5, 11), lambda at: self._approve(at, "scheduled"))
        agenda.on(agenda.at(5, 12), self._issue)
        agenda.on(agenda.at(4, 15), self._build)
        agenda.on(agenda.at(3, 11), lambda at: self._approve(at, "payable"))
        agenda.on(agenda.at(3, 12), self._issue)
        agenda.on(agenda.at(2, 14), lambda at: self._approve(at, "approved"))

    def _approve(self, at: datetime, course: str) -> None:
        waiting = self._lines(FeeLine.state == LineState.ACCRUED, FeeLine.deal_id.in_(self._deals[course]))
        if seen := {line.ref: line.version for line in waiting}:
            fees.approve_all(self.people["finn"], seen, now=at)

    def _issue(self, at: datetime) -> None:
        owed = {line.partner_id for line in self._lines(FeeLine.state == LineState.APPROVED)}
        found = sa.select(Partner).where(Partner.id.in_(owed)).order_by(Partner.id)
        for partner in db.session.scalars(all_partners(found, WHY)).all():
            statements.issue(self.people["finn"], partner, currency="EUR", now=at)

    def _build(self, at: datetime) -> None:
        if self._lines(FeeLine.state == LineState.PAYABLE):
            payouts.build_run(self.people["finn"], currency="EUR", now=at)

    def _pay(self, at: datetime) -> None:
        olga = self.people["olga"]
        for run in db.session.scalars(sa.select(PayoutRun).where(PayoutRun.state == RunState.DRAFT)).all():
            payouts.release(olga, run, seen_version=run.version, now=at)
            payouts.record_paid(olga, run, seen_version=run.version, now=at + timedelta(hours=3))

    def _lines(self, *where: sa.ColumnElement[bool]) -> list[FeeLine]:
        return list(db.session.scalars(all_partners(sa.select(FeeLine).where(*where), WHY)).all())


def _paydays(since: datetime, until: datetime) -> Iterable[datetime]:
    day = date(since.year, since.month, PAYMENT_DAY)
    while day <= until.date():
        if day >= since.date():
            yield datetime.combine(_on_a_workday(day), time(9), UTC)
        day = date(day.year + day.month // 12, day.month % 12 + 1, PAYMENT_DAY)


def _on_a_workday(day: date) -> date:
    return day + timedelta(days=7 - day.weekday() if day.weekday() >= SATURDAY else 0)
