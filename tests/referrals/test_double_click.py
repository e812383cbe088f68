"""One form, sent by two clicks in the same moment, on both databases: it is there once, and both are led to it."""

from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from portal import clock, idempotency
from portal.auth.sessions import open_session
from portal.extensions import db
from portal.idempotency import FIELD, new_key
from portal.referrals.models import Referral
from portal.scope import all_partners
from tests.referrals.test_pages import TYPED
from tests.support import make, sales
from tests.support.client import CSRF
from tests.support.threads import at_once, rounds

pytestmark = pytest.mark.fuzz


@pytest.fixture
def token(app: Flask) -> str:
    """The session of somebody who may refer."""
    sales.program()
    opened = open_session(sales.lead(), clock.now())
    db.session.commit()
    return opened


def click(app: Flask, token: str, form: dict[str, Any], answers: list[tuple[int, str | None]]) -> None:
    browser = FlaskClient(app, app.response_class)
    with browser.session_transaction() as session:
        session.update({"_user_id": token, "csrf_token": CSRF})
    signed = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token").dumps(CSRF)
    answer = browser.post("/referrals/new", data=form | {"csrf_token": signed})
    answers.append((answer.status_code, answer.location))


def unfair(app: Flask, token: str, most: int) -> list[Any]:
    """The rounds in which the two were not led to the one referral that there is."""
    found = []
    for _ in range(most):
        answers: list[tuple[int, str | None]] = []
        domain = f"calder{make.number()}.example"
        form = TYPED | {"website": domain, "company": domain, FIELD: new_key()}
        raised = at_once(app, *[partial(click, app, token, form, answers)] * 2)
        sent = sa.select(Referral.ref).where(Referral.domain == domain)
        refs = db.session.scalars(all_partners(sent, "a test")).all()
        if raised or answers != [(303, f"/referrals/{ref}") for ref in refs] * 2:
            found.append((raised, answers, refs))
    return found


def test_both_clicks_are_led_to_the_one_referral(app: Flask, token: str) -> None:
    assert unfair(app, token, rounds()) == []


def test_a_form_that_claims_nothing_is_caught(app: Flask, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: each click is taken for the first."""
    monkeypatch.setattr(idempotency, "_claim", lambda key: True)
    assert len(unfair(app, token, 3)) == 3
