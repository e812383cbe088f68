"""A list against a submission of one of its companies, both at once: it is there once, and both know it."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.auth.models import User
from portal.errors import Refused
from portal.extensions import db
from portal.lookalikes import actions as lookalikes
from portal.referrals import actions, importing
from portal.referrals.import_models import ReferralImport
from portal.referrals.introduction import Introduction
from portal.referrals.models import Referral
from portal.scope import all_partners
from tests.referrals.sheets import HEAD, OTHER, changed
from tests.support import make, sales
from tests.support.make import NOON
from tests.support.threads import MOST_ROUNDS, at_once, rounds

pytestmark = pytest.mark.fuzz


def _send(by: User, ref: str) -> None:
    found = importing.imported(by, ref, to_change=True)
    importing.send(by, found, consent=True, now=found.at)
    db.session.commit()


def _submit(by: User, answers: Introduction) -> None:
    actions.submit(by, now=NOON, answers=answers)
    db.session.commit()


def went_wrong(app: Flask, most: int) -> Iterator[bool]:
    """Of each round, whether somebody met anything but the other's referral."""
    sales.program()
    by = sales.detached(sales.lead())
    for number in range(most):
        domain = f"kallwitz{make.number()}.example"
        row, other = changed(website=domain), OTHER.replace("vetter.example", f"other-{domain}")
        text = "\n".join([HEAD, row, other]).encode()
        ref = importing.look(by, text, "list.csv", now=NOON + timedelta(days=2 * number)).ref
        db.session.commit()
        answers = sales.introduction(company="Nordlys AS", website=domain)
        raised = at_once(app, partial(_send, by, ref), partial(_submit, by, answers))
        there = all_partners(sa.select(sa.func.count()).where(Referral.domain == domain), "a test")
        found = all_partners(sa.select(ReferralImport).where(ReferralImport.ref == ref), "a test")
        listed = db.session.scalars(found).one()
        told = (listed.sent, listed.known, len(raised)) in ((2, 0, 1), (1, 1, 0))
        is_well = told and db.session.scalar(there) == 1 and all(isinstance(each, Refused) for each in raised)
        db.session.rollback()
        yield not is_well


def test_of_a_list_and_a_submission_one_was_first(app: Flask) -> None:
    assert not any(went_wrong(app, rounds()))


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_a_list_that_does_not_look_again_is_caught(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite has one writer at a time, from where the list is read on."""
    monkeypatch.setattr(lookalikes, "take_turn", lambda asked: None)
    assert any(went_wrong(app, MOST_ROUNDS))
