"""A program lives: whatever people, rules and time do to its claims and deals, in any order, everything holds.

Each step picks a record and tries; what the program refuses is an answer like another. `make fuzz` runs it long."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, g
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from portal.appeals import actions as appeals
from portal.appeals.models import Appeal
from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals import actions as deals
from portal.deals import jobs as deal_jobs
from portal.deals import payments
from portal.deals.models import Deal
from portal.deals.rules import BackBecause, Details, LostReason, Stage
from portal.errors import Refused
from portal.extensions import Base, db
from portal.fees import actions as fees
from portal.fees.models import FeeLine
from portal.fees.rules import LineState
from portal.protections import actions as protections
from portal.protections import extending
from portal.protections.models import Extension
from portal.referrals import actions as referrals
from portal.referrals import renewal
from portal.referrals.decline_reasons import DeclineReason
from portal.referrals.models import Protection, Referral
from portal.referrals.rules import Status
from portal.scope import all_partners
from portal.sla import jobs as clocks
from tests.support import claims, make, sales
from tests.support.make import NOON
from tests.support.proof import broken_of_deals

COMPANIES = ("nordlys.example", "calder.example", "penrose.example")
QUICK = settings(max_examples=3, stateful_step_count=25)
LONG_PROFILE = 1_000
LONG = settings(max_examples=10_000, stateful_step_count=50)
pick = st.integers(0, 20)
hands = st.integers(0, 2)


class Life(RuleBasedStateMachine):
    """Two partners, three who decide, two who own; the clock only goes on."""

    app: Flask
    renew: Any

    @initialize()
    def begin(self) -> None:
        type(self).renew()
        self.at = NOON
        sales.program()
        owners = [make.staff(Role.SALES_OWNER, name=f"Owner {n}") for n in range(2)]
        qualifiers = [make.staff(Role.QUALIFIER, name=f"Qualifier {n}") for n in range(2)]
        deciders = [*qualifiers, make.staff(Role.PARTNER_MANAGER, name="Manager")]
        finance = make.staff(Role.FINANCE_MAKER, name="Finance")
        self.leads = [sales.detached(sales.lead()) for _ in range(2)]
        self.owners, self.deciders = ([sales.detached(each) for each in some] for some in (owners, deciders))
        self.finance = sales.detached(finance)

    def teardown(self) -> None:
        if hasattr(self, "at"):
            found = broken_of_deals()
            assert found == [], found

    @property
    def now(self) -> datetime:
        """No two deeds are of the same instant."""
        self.at += timedelta(seconds=1)
        return self.at

    @rule(minutes=st.sampled_from((7, 600, 3_000, 20_000, 60_000, 140_000)))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)
        now = self.now
        for due, attempt in ((clocks.due, clocks.attempt), (deal_jobs.returns_due, deal_jobs.attempt_return)):
            for row_id, version in due(now, 100):
                attempt(row_id, version, now)
        claims.time_comes(now)
        _forget()

    @rule(who=st.integers(0, 1), company=st.sampled_from(COMPANIES))
    def submit(self, who: int, company: str) -> None:
        with _tried():
            answers = sales.introduction(website=company, company=company.partition(".")[0].capitalize())
            referrals.submit(self.leads[who], now=self.now, answers=answers)

    @rule(n=pick, by=hands)
    def ask(self, n: int, by: int) -> None:
        if sent := _one(Referral, n, Referral.status.in_((Status.SUBMITTED, Status.UNDER_REVIEW))):
            with _tried():
                given: dict[str, Any] = {"seen_version": sent.version, "now": self.now}
                referrals.ask(self.deciders[by], sent, question="Who decides?", **given)

    @rule(n=pick)
    def answer(self, n: int) -> None:
        if sent := _one(Referral, n, Referral.status == Status.NEEDS_INFO):
            with _tried():
                lead = self._lead(sent)
                referrals.answer(lead, sent, seen_version=sent.version, now=self.now, text="The CFO.")

    @rule(n=pick, by=hands)
    def qualify(self, n: int, by: int) -> None:
        if sent := _one(Referral, n):
            with _tried():
                given: dict[str, Any] = {"seen_version": sent.version, "now": self.now}
                referrals.qualify(self.deciders[by], sent, because="They know them well.", **given)

    @rule(n=pick, by=hands)
    def decline(self, n: int, by: int) -> None:
        if sent := _one(Referral, n, Referral.status != Status.QUALIFIED):
            with _tried():
                given: dict[str, Any] = {"seen_version": sent.version, "now": self.now, "because": "No."}
                referrals.decline(self.deciders[by], sent, reason=DeclineReason.NO_FIT, **given)

    @rule(n=pick)
    def withdraw(self, n: int) -> None:
        if sent := _one(Referral, n):
            with _tried():
                referrals.withdraw(self._lead(sent), sent, seen_version=sent.version, now=self.now)

    @rule(n=pick)
    def send_again(self, n: int) -> None:
        if sent := _one(Referral, n, Referral.status == Status.EXPIRED):
            with _tried():
                lead = self._lead(sent)
                renewal.renew(lead, sent, seen_version=sent.version, now=self.now, consent=True)

    @rule(n=pick)
    def appeal(self, n: int) -> None:
        if sent := _one(Referral, n, Referral.status.in_((Status.DECLINED, Status.QUALIFIED))):
            with _tried():
                appeals.appeal(self._lead(sent), sent, now=self.now, text="They do buy this.")

    @rule(n=pick, by=hands, uphold=st.booleans())
    def answer_an_appeal(self, n: int, by: int, uphold: bool) -> None:
        if made := _one(Appeal, n):
            with _tried():
                sent = _by_id(Referral, made.referral_id)
                act = appeals.uphold if uphold else appeals.reject
                given: dict[str, Any] = {"seen_version": made.version, "now": self.now, "reason": "So it is."}
                act(self.deciders[by], made, sent, **given)

    @rule(n=pick)
    def take_an_appeal_back(self, n: int) -> None:
        if made := _one(Appeal, n):
            with _tried():
                sent = _by_id(Referral, made.referral_id)
                appeals.withdraw(self._lead(sent), sent, seen_version=made.version, now=self.now)

    @rule(n=pick)
    def ask_for_more_time(self, n: int) -> None:
        if sent := _one(Referral, n, Referral.status == Status.QUALIFIED):
            with _tried():
                extending.ask(self._lead(sent), sent, now=self.now, happened="We met.", meets_on=None)

    @rule(n=pick, by=hands, grant=st.booleans())
    def decide_on_more_time(self, n: int, by: int, grant: bool) -> None:
        if asked := _one(Extension, n):
            with _tried():
                sent = _by_id(Referral, asked.referral_id)
                act = extending.grant if grant else extending.refuse
                act(self.deciders[by], sent, seen_version=asked.version, now=self.now, reason="It moves.")

    @rule(n=pick)
    def give_back(self, n: int) -> None:
        if kept := _one(Protection, n):
            with _tried():
                sent = _by_id(Referral, kept.referral_id)
                protections.give_back(self._lead(sent), sent, seen_version=kept.version, now=self.now)

    @rule(n=pick, by=hands)
    def revoke(self, n: int, by: int) -> None:
        if kept := _one(Protection, n):
            with _tried():
                sent = _by_id(Referral, kept.referral_id)
                given: dict[str, Any] = {"seen_version": kept.version, "now": self.now, "reason": "Bought."}
                protections.revoke(self.deciders[by], sent, **given)

    @rule(n=pick, then=st.sampled_from(tuple(Stage)))
    def move(self, n: int, then: Stage) -> None:
        if deal := _one(Deal, n):
            today = self.now.date()
            details = Details(
                value_minor=1_000_000,
                won_on=today - timedelta(days=1),
                lost_reason=LostReason.PRICE,
                parked_until=today + timedelta(days=40),
                cancel_reason="They left.",
            )
            with _tried():
                owner = self._owner(deal)
                deals.move(owner, deal, then, seen_version=deal.version, now=self.now, details=details)

    @rule(n=pick)
    def come_back(self, n: int) -> None:
        if deal := _one(Deal, n, Deal.stage == Stage.PARKED):
            with _tried():
                why = BackBecause.THEY_CAME
                deals.bring_back(self._owner(deal), deal, seen_version=deal.version, now=self.now, because=why)

    @rule(n=pick)
    def undo(self, n: int) -> None:
        if deal := _one(Deal, n):
            with _tried():
                deals.undo(self._owner(deal), deal, seen_version=deal.version, now=self.now)

    @rule(n=pick, is_refund=st.booleans())
    def pay(self, n: int, is_refund: bool) -> None:
        if deal := _one(Deal, n, Deal.stage == Stage.WON):
            given: dict[str, Any] = {"paid_on": self.now.date(), "reference": "", "is_refund": is_refund}
            with _tried():
                payments.record(self.finance, deal, now=self.now, amount_minor=50_000, **given)

    @precondition(lambda self: hasattr(self, "at"))
    @rule(n=pick)
    def approve(self, n: int) -> None:
        if line := _one(FeeLine, n, FeeLine.state == LineState.ACCRUED):
            with _tried():
                fees.approve(self.finance, line, seen_version=line.version, now=self.now)

    def _lead(self, sent: Referral) -> User:
        return next(each for each in self.leads if each.partner_id == sent.partner_id)

    def _owner(self, deal: Deal) -> User:
        return next(each for each in self.owners if each.id == deal.owner_id)


@contextmanager
def _tried() -> Iterator[None]:
    """Commit, or take back what was refused; then everything is read anew, as the next request would."""
    try:
        yield
        db.session.commit()
    except Refused:
        db.session.rollback()
    finally:
        _forget()


def _forget() -> None:
    db.session.expunge_all()
    g.pop("program", None)


def _one(kind: Any, n: int, *which: Any) -> Any:
    """One of those that there are."""
    found = db.session.scalars(all_partners(sa.select(kind).where(*which).order_by(kind.id), "a test")).all()
    return found[n % len(found)] if found else None


def _by_id(kind: type[Base], id_: int) -> Any:
    return db.session.scalars(all_partners(sa.select(kind).where(kind.id == id_), "a test")).one()  # type: ignore[attr-defined]


def lived(app: Flask, renew: Any, how: settings) -> None:
    class Here(Life):
        pass

    Here.app, Here.renew = app, staticmethod(renew)
    run_state_machine_as_test(Here, settings=settings(how, deadline=None, suppress_health_check=list(HealthCheck)))


@pytest.fixture
def anew(app: Flask, kind_of: Any, request: pytest.FixtureRequest) -> Any:
    """An empty program, as often as one is wanted."""

    def renew() -> None:
        db.session.remove()
        db.engine.dispose()
        kind_of(request.node.callspec.params["app"]).renew()
        g.pop("program", None)

    return renew


@pytest.mark.fuzz
def test_everything_holds_whatever_happens(app: Flask, anew: Any) -> None:
    """Short in every run, long under `make fuzz`."""
    lived(app, anew, LONG if settings().max_examples >= LONG_PROFILE else QUICK)
