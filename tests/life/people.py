"""Who lives in the program that is played, and how its records are picked and tried."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import g
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from portal.auth.models import User
from portal.conflicts import jobs as conflict_jobs
from portal.deals import jobs as deal_jobs
from portal.deals.models import Deal
from portal.errors import Refused
from portal.extensions import Base, db
from portal.prechecks import jobs as precheck_jobs
from portal.referrals.models import Referral
from portal.scope import all_partners
from portal.sla import jobs as clocks
from portal.tasks import jobs as task_jobs
from tests.life.stage import BEGINS, Stage, people
from tests.support import claims
from tests.support.proof import broken_of_deals

pick = st.integers(0, 20)
hands = st.integers(0, 2)
JOBS = (
    (clocks.due, clocks.attempt),
    (clocks.warnings_due, clocks.attempt_warning),
    (deal_jobs.returns_due, deal_jobs.attempt_return),
    (deal_jobs.alerts_due, deal_jobs.attempt_alert),
    (deal_jobs.left_behind_due, deal_jobs.attempt_handover),
    (precheck_jobs.holds_due, precheck_jobs.end_hold),
    (conflict_jobs.due, conflict_jobs.attempt),
    (task_jobs.due, task_jobs.attempt),
)
"""What the worker does when time has passed, beside questions and protections."""


@contextmanager
def tried() -> Iterator[None]:
    """Commit, or take back what was refused; then everything is read anew, as the next request would."""
    try:
        yield
        db.session.commit()
    except Refused:
        db.session.rollback()
    finally:
        forget()


def forget() -> None:
    db.session.expunge_all()
    g.pop("program", None)


def one(kind: Any, n: int, *which: Any) -> Any:
    """One of those that there are."""
    found = db.session.scalars(all_partners(sa.select(kind).where(*which).order_by(kind.id), "a test")).all()
    return found[n % len(found)] if found else None


def by_id(kind: type[Base], id_: int) -> Any:
    return db.session.scalars(all_partners(sa.select(kind).where(kind.id == id_), "a test")).one()  # type: ignore[attr-defined]


class People(RuleBasedStateMachine):
    """Two partners, three who decide, two who own; the clock only goes on."""

    stage: Stage

    @initialize(begun=st.booleans())
    def begin(self, begun: bool) -> None:
        """With nothing yet, or with a deal of one partner that another has a claim to."""
        cast = self.stage.laid_out(begun=begun)
        self.at = BEGINS
        self.leads, self.owners, self.deciders = (people(each) for each in (cast.leads, cast.owners, cast.deciders))
        (self.finance,) = people([cast.finance])
        forget()

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
        for due, attempt in JOBS:
            for row_id, version in due(now, 100):
                attempt(row_id, version, now)
        claims.time_comes(now)
        forget()

    def lead_of(self, sent: Referral) -> User:
        return next(each for each in self.leads if each.partner_id == sent.partner_id)

    def owner_of(self, deal: Deal) -> User:
        return next(each for each in self.owners if each.id == deal.owner_id)
