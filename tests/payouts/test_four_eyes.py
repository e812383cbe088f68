"""Who builds a run, who releases it, and who approved its fees: never one person."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from portal.auth.models import User
from portal.auth.rules import Role
from portal.errors import Refused
from portal.extensions import db
from portal.payouts import actions, queries, statements
from portal.payouts.models import PayoutRun
from portal.proof import broken
from tests.payouts.runs import A_TEST, both_roles, built, paid, released
from tests.support import fees, make, sales
from tests.support.fees import WON


def test_who_built_a_run_neither_releases_nor_pays_it(lead: User, finn: User, olga: User) -> None:
    fees.payable(lead, finn)
    one = both_roles()
    run = built(one)
    with pytest.raises(Refused, match="someone else has to release it"):
        released(run, one)
    db.session.rollback()
    run = released(queries.run(told_ref(one)), olga)
    with pytest.raises(Refused, match="someone else has to record it"):
        paid(run, one)


def told_ref(builder: User) -> str:
    return db.session.scalars(sa.select(PayoutRun.ref).where(PayoutRun.built_by_id == builder.id)).one()


def test_who_approved_a_fee_does_not_pay_it(lead: User, finn: User, olga: User) -> None:
    one = both_roles()
    fees.payable(lead, one)
    run = built(finn)
    with pytest.raises(Refused, match=f"so someone else has to release it. .*{olga.name}.* can"):
        released(run, one)
    db.session.rollback()
    run = released(queries.run(told_ref(finn)), olga)
    with pytest.raises(Refused, match=f"so someone else has to record it as paid. .*{olga.name}.* can"):
        paid(run, one)


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.FINANCE_MAKER, {"issue", "build", "cancel"}),
        (Role.FINANCE_APPROVER, {"release", "pay"}),
        (Role.PROGRAM_ADMIN, set()),
        (Role.PARTNER_MANAGER, set()),
        (Role.AUDITOR, set()),
    ],
)
@pytest.mark.parametrize("deed", ["issue", "build", "release", "pay", "cancel"])
def test_who_may_do_what(lead: User, finn: User, olga: User, role: Role, may: set[str], deed: str) -> None:
    someone = sales.detached(make.staff(role))
    do = ready_for(deed, lead, finn, olga)
    if deed in may:
        do(someone)
        return
    with pytest.raises(Refused, match="does not include this step"):
        do(someone)


def ready_for(deed: str, lead: User, finn: User, olga: User) -> Callable[[User], Any]:
    """Everything before the deed is done by those who may."""
    if deed == "issue":
        line = fees.approved(lead, finn)
        fees.can_be_paid(line.partner_id)
        return lambda by: statements.issue(by, fees.partner_of(line), currency="EUR", now=WON)
    fees.payable(lead, finn)
    if deed == "build":
        return built
    run = built(finn)
    if deed == "pay":
        return partial(paid, released(run, olga))
    if deed == "release":
        return partial(released, run)
    return lambda by: actions.cancel_run(by, run, seen_version=run.version, now=WON)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE payout_runs SET released_by_id = built_by_id",
        "UPDATE payout_runs SET released_by_id = (SELECT MIN(approved_by_id) FROM fee_lines)",
        "UPDATE payout_runs SET state = 'released'",
        "UPDATE payout_runs SET state = 'paid', paid_by_id = built_by_id",
        "UPDATE fee_lines SET state = 'paid', paid_by_id = approved_by_id, paid_at = booked_at",
        "UPDATE payout_lines SET amount_minor = 1",
        "UPDATE payout_lines SET payout_details_id = 99",
        "DELETE FROM payout_lines",
        "UPDATE statements SET total_minor = 1",
        "DELETE FROM statements",
        "INSERT INTO payout_lines (run_id, partner_id, fee_line_id, amount_minor, currency, payout_details_id, is_live)"
        " SELECT run_id, partner_id, fee_line_id, amount_minor, currency, payout_details_id, is_live FROM payout_lines",
    ],
)
def test_the_database_itself_holds_four_eyes_and_what_was_pinned(lead: User, finn: User, change: str) -> None:
    fees.payable(lead, finn)
    built(finn)
    db.session.rollback()
    refused = pytest.raises(DBAPIError, match=r"frozen|kept|does not release|(?i:check constraint)|(?i:unique)")
    with refused, db.engine.begin() as connection:
        connection.execution_options(partner_scope=A_TEST).exec_driver_sql(change)
    assert not list(broken())
