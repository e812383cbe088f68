"""Payout runs as far as a test needs them."""

import sqlalchemy as sa

from portal.activity.models import EventRow
from portal.auth.models import User
from portal.auth.rules import Role
from portal.extensions import db
from portal.payouts import actions
from portal.payouts.models import PayoutRun
from portal.scope import all_partners
from tests.support import make, sales
from tests.support.fees import WON

A_TEST = "a test"


def both_roles() -> User:
    return sales.detached(make.staff(Role.FINANCE_MAKER, Role.FINANCE_APPROVER))


def built(by: User) -> PayoutRun:
    run = actions.build_run(by, currency="EUR", now=WON)
    db.session.commit()
    return run


def released(run: PayoutRun, by: User) -> PayoutRun:
    actions.release(by, run, seen_version=run.version, now=WON)
    db.session.commit()
    return run


def paid(run: PayoutRun, by: User) -> PayoutRun:
    actions.record_paid(by, run, seen_version=run.version, now=WON)
    db.session.commit()
    return run


def told(ref: str) -> list[str]:
    of_it = sa.select(EventRow.kind).where(EventRow.ref == ref).order_by(EventRow.seq)
    return list(db.session.scalars(all_partners(of_it, A_TEST)))
