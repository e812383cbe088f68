"""Past the actions, the database still asks for two people."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from portal import clock
from portal.auth import queries as people
from portal.auth.models import RoleGrant, User
from portal.auth.rules import Role
from portal.emergency.models import EmergencyGrant
from portal.errors import Refused
from portal.extensions import db
from portal.payouts import actions as payouts
from portal.payouts.models import PayoutRun
from portal.proof import broken
from portal.scope import all_partners
from tests.emergency.lending import APPROVER, HOUR, asked, running, someone
from tests.support import fees
from tests.support.past_the_guards import tampered


@pytest.mark.parametrize("second", ["asked_by_id", "user_id"])
def test_the_database_asks_for_two_people(app: Flask, adam: User, quinn: User, second: str) -> None:
    waits = asked(adam, quinn)
    by, ends_at = getattr(waits, second), clock.now() + HOUR
    confirmed = sa.update(EmergencyGrant).values(confirmed_by_id=by, confirmed_at=clock.now(), ends_at=ends_at)
    with pytest.raises(DBAPIError, match=r"two_people|not_to_oneself"):
        db.session.execute(confirmed)
    db.session.rollback()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [({"hours": 25}, "frozen"), ({"role": "program_admin"}, "frozen"), ({"reason": ""}, "reason_given")],
)
def test_the_database_keeps_what_was_asked_for(
    app: Flask, adam: User, quinn: User, values: dict[str, Any], sentence: str
) -> None:
    asked(adam, quinn)
    with pytest.raises(DBAPIError, match=sentence):
        db.session.execute(sa.update(EmergencyGrant).values(values))
    db.session.rollback()


def test_a_role_is_not_lent_past_the_two_people(app: Flask, adam: User, quinn: User) -> None:
    waits = asked(adam, quinn)
    lent = {"user_id": quinn.id, "role": "finance_approver", "granted_by_id": adam.id, "granted_at": clock.now()}
    for more in ({"ends_at": clock.now() + HOUR, "emergency_ref": waits.ref}, {"ends_at": clock.now() + HOUR}):
        with pytest.raises(DBAPIError, match="lent by two people only"):
            db.session.execute(all_partners(sa.insert(RoleGrant).values(lent | more), "a test"))
        db.session.rollback()


def test_a_role_that_is_lent_is_not_lengthened(app: Flask, adam: User, audrey: User, quinn: User) -> None:
    running(audrey, adam, quinn)
    longer = sa.update(RoleGrant).where(RoleGrant.role == APPROVER).values(ends_at=clock.now() + 40 * HOUR)
    with pytest.raises(DBAPIError, match="lent by two people only"):
        db.session.execute(all_partners(longer, "a test"))
    db.session.rollback()


def test_four_eyes_hold_for_whoever_borrows_the_second_pair(app: Flask, adam: User, audrey: User) -> None:
    fees.program()
    finn = someone(Role.FINANCE_MAKER, name="Finn")
    fees.payable(fees.lead(), finn)
    run = payouts.build_run(someone(Role.FINANCE_MAKER, name="Bo"), currency="EUR", now=fees.WON)
    db.session.commit()
    run_ref = run.ref
    running(audrey, adam, finn)
    lent = people.get_visible(adam, finn.ref)
    with pytest.raises(Refused, match="You approved a fee in this run"):
        payouts.release(lent, run, seen_version=run.version, now=fees.WON)
    db.session.rollback()
    with pytest.raises(DBAPIError, match="approved a fee does not release"):
        db.session.execute(sa.update(PayoutRun).values(state="released", released_by_id=finn.id))
    db.session.rollback()
    assert run_ref


def test_the_proof_finds_what_went_past_the_guards(app: Flask, adam: User, audrey: User, quinn: User) -> None:
    running(audrey, adam, quinn)
    tampered("UPDATE emergency_grants SET hours = 1")
    tampered("DELETE FROM role_grants WHERE emergency_ref IS NOT NULL")
    assert [each for each in broken() if "confirmed for 1 hours" in each]
    assert [each for each in broken() if "lends no role" in each]
