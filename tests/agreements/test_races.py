"""Two people at the same moment: one effect, and a sentence for the other."""

import pytest
from flask import Flask
from sqlalchemy.orm.exc import StaleDataError

from portal.agreements import actions, publishing, queries
from portal.agreements.rules import AgreementState
from portal.errors import Refused
from portal.extensions import db
from tests.support import agreements as made
from tests.support import make
from tests.support.make import NOON
from tests.support.proof import nothing_broken
from tests.support.threads import at_once


@pytest.fixture(autouse=True)
def program(app: Flask) -> None:
    make.program()


def test_of_two_signatories_one_signs(app: Flask) -> None:
    lane = made.company()
    people = [made.signatory(lane), made.signatory(lane, name="Ida Lane")]
    ref = made.sent(lane).ref
    raised = at_once(app, *(lambda by=by: made.signed(made.agreement(ref), by) for by in people))
    assert len(raised) == 1
    assert isinstance(raised[0], Refused | StaleDataError)
    assert made.agreement(ref).state is AgreementState.COUNTERSIGNED
    nothing_broken()


def test_of_two_drafts_one_is_sent(app: Flask) -> None:
    lane, text, fees = made.company(), made.template(), made.plan()
    refs = [made.draft(lane, text=text, fees=fees).ref for _ in range(2)]
    admin = made.admin()

    def send(ref: str) -> None:
        actions.send(admin, made.agreement(ref), now=NOON)
        db.session.commit()

    raised = at_once(app, *(lambda ref=ref: send(ref) for ref in refs))
    assert [str(each)[9:] for each in raised] == ["still waits for this partner's signature. Withdraw it first."]
    nothing_broken()


def test_of_two_publishers_one_publishes(app: Flask) -> None:
    plan = publishing.draft_plan(None, name="Standard", currency="EUR", rate_bp=1000, clause="4.1", now=NOON)
    db.session.commit()
    ref, people = plan.ref, [made.admin(), made.admin()]

    def put_to_use(by: object) -> None:
        publishing.publish_plan(by, queries.plan(ref), now=NOON)  # type: ignore[arg-type]
        db.session.commit()

    raised = at_once(app, *(lambda by=by: put_to_use(by) for by in people))
    assert [str(each) for each in raised] == ["Version 1 of Standard is already published."]
    nothing_broken()
