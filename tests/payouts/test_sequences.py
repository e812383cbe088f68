"""Whatever finance does in whatever order: what must hold over all rows holds, and nothing is paid twice."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.auth.models import User
from portal.errors import Refused
from portal.extensions import db
from portal.fees import actions as fee_actions
from portal.fees.models import FeeLine
from portal.fees.rules import OPEN, LineState
from portal.partners.models import Partner
from portal.payouts import actions, statements
from portal.payouts.models import PayoutRun
from portal.proof import broken
from portal.scope import all_partners
from tests.support import fees
from tests.support.databases import Kind
from tests.support.fees import WON

STEPS = ("win", "win small", "cancel a deal", "approve", "issue", "build", "release", "pay", "cancel the run")


class Finance:
    """Two partners that can be paid, and the people of finance; each step takes whatever it finds."""

    def __init__(self) -> None:
        fees.program()
        self.leads = [fees.lead(), fees.lead()]
        for each in self.leads:
            fees.can_be_paid(each.partner_id or 0)
        self.maker, self.approver = fees.maker(), fees.approver()

    def do(self, step: str, which: int) -> None:
        deeds: dict[str, Callable[[int], object]] = {
            "win": lambda n: fees.won_deal(self.leads[n % 2]),
            "win small": lambda n: fees.won_deal(self.leads[n % 2], 3 + n),
            "cancel a deal": self._cancel,
            "approve": self._approve,
            "issue": lambda n: statements.issue(self.maker, self._partner(n), currency="EUR", now=WON),
            "build": lambda n: actions.build_run(self.maker, currency="EUR", now=WON),
            "release": lambda n: self._with_run(n, self.approver, actions.release),
            "pay": lambda n: self._with_run(n, self.approver, actions.record_paid),
            "cancel the run": lambda n: self._with_run(n, self.maker, actions.cancel_run),
        }
        try:
            deeds[step](which)
            db.session.commit()
        except Refused:
            db.session.rollback()

    def _approve(self, which: int) -> None:
        waiting = [line for line in lines() if line.state is LineState.ACCRUED]
        fee_actions.approve_all(self.maker, {line.ref: line.version for line in waiting[which:]}, now=WON)

    def _cancel(self, which: int) -> None:
        found = lines()
        if found:
            fee_actions.void_lines_of(
                found[which % len(found)].deal_id,
                partner_id=found[which % len(found)].partner_id,
                by_id=None,
                now=WON,
            )

    def _partner(self, which: int) -> Partner:
        wanted = sa.select(Partner).where(Partner.id == self.leads[which % 2].partner_id)
        return db.session.scalars(all_partners(wanted, "a test")).one()

    def _with_run(self, which: int, by: User, deed: Callable[..., None]) -> None:
        runs = db.session.scalars(sa.select(PayoutRun).order_by(PayoutRun.id)).all()
        if runs:
            run = runs[which % len(runs)]
            deed(by, run, seen_version=run.version, now=WON)


def lines() -> list[FeeLine]:
    wanted = sa.select(FeeLine).order_by(FeeLine.id).execution_options(populate_existing=True)
    return list(db.session.scalars(all_partners(wanted, "a test")))


@pytest.mark.fuzz
@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@settings(max_examples=settings().max_examples // 6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 3)), min_size=8, max_size=16))
def test_any_order_of_steps_leaves_everything_in_balance(
    app: Flask, kind_of: Callable[[str], Kind], steps: list[tuple[str, int]]
) -> None:
    db.session.remove()
    db.engine.dispose()
    kind_of("sqlite").renew()
    with app.app_context():
        finance = Finance()
        for step, which in [("win", 0), ("win", 1), ("approve", 0), *steps]:
            finance.do(step, which)
        assert not list(broken())
        for lead in finance.leads:
            owed = [line for line in lines() if line.partner_id == lead.partner_id and line.state in OPEN]
            assert fees.balance(lead.partner_id or 0, "EUR").minor == sum(line.amount_minor for line in owed)
