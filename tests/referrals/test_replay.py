"""A draft tried on what came in: how many change, which way, why; and that nothing does."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.auth.models import User
from portal.auth.rules import Role
from portal.criteria import actions as criteria
from portal.criteria.rules import Criteria, Outcome
from portal.criteria.words import default_data
from portal.extensions import db
from portal.referrals import actions
from portal.referrals.decline_reasons import DeclineReason
from portal.referrals.models import Referral
from portal.referrals.replay.rules import LISTED, Replay, replay, why
from portal.referrals.rules import Status
from portal.scope import all_partners
from tests.support import agreements, make, sales
from tests.support.client import Client

REPLAY = "/staff/settings/criteria/2/replay"
WITHOUT_BRITAIN = default_data() | {"territories": ["DE"]}
STRICT = Criteria.from_data(WITHOUT_BRITAIN, 2)


def row(**given: Any) -> Any:
    usual = {
        "id": 1, "ref": "R-222222", "company": "Calder", "partner": "Lane", "contact_title": "Head of Sales",
        "country": "GB", "public_tender": False, "budget": "", "decider": "", "employees": 100, "industry": "",
        "timing": "now", "outcome": "qualifies", "status": Status.SUBMITTED, "more_answers": None,
    }  # fmt: skip
    return type("Row", (), usual | given)


def test_counts_directions_and_people() -> None:
    rows = [
        row(),
        row(status=Status.QUALIFIED),
        row(status=Status.DECLINED, country="DE", outcome="decline"),
        row(status=Status.DECLINED),
        row(country="DE"),
    ]
    found = replay(STRICT, rows)
    assert (found.read, found.changes, found.easier, found.stricter) == (5, 4, 1, 3)
    assert found.row(Outcome.QUALIFIES) == [1, 0, 0, 3]
    assert found.decided(Status.DECLINED) == ([1, 0, 0, 1], [1, 0, 0, 1])
    assert (found.against_people(is_draft=False), found.against_people(is_draft=True)) == (1, 2)
    assert [each.now for each in found.changed] == [Outcome.DECLINE] * 2 + [Outcome.QUALIFIES, Outcome.DECLINE]


def test_a_long_list_is_cut_and_the_counts_are_not() -> None:
    found = replay(STRICT, [row() for _ in range(LISTED + 20)])
    assert (found.changes, len(found.changed)) == (LISTED + 20, LISTED)
    assert replay(STRICT, []) == Replay()


def test_the_reason_is_what_the_draft_finds_otherwise() -> None:
    before = replay(Criteria.from_data(WITHOUT_BRITAIN | {"territories": ["GB"]}, 1), [row(outcome="ask")]).changed[0]
    after = replay(STRICT, [row()]).changed[0]
    assert why(after.reading, before.reading.to_data()) == "United Kingdom is outside our territory"
    tender = Criteria.from_data(default_data() | {"hard": ["consent", "territory"]}, 2)
    told = replay(Criteria.from_data(default_data(), 1), [row(public_tender=True)]).changed[0].reading.to_data()
    now = replay(tender, [row(public_tender=True, outcome="decline")]).changed[0].reading
    assert why(now, told) == "No longer asked: A public tender is already out"


@pytest.fixture
def ana(app: Flask) -> User:
    sales.program()
    make.staff(Role.SALES_OWNER)
    criteria.draft(None, data=WITHOUT_BRITAIN, now=clock.now())
    db.session.commit()
    return sales.lead(name="Ana")


def _rows() -> list[Any]:
    read = sa.select(Referral.version, Referral.reading, Referral.status).order_by(Referral.id)
    return [tuple(each) for each in db.session.execute(all_partners(read, "a test"))]


def test_the_page_says_what_would_change_and_changes_nothing(client: Client, ana: User) -> None:
    maya, now = make.staff(Role.QUALIFIER), clock.now()
    british = sales.referral(ana, now, country="GB", company="Calder")
    sales.referral(ana, now, country="DE", company="Kiefer")
    old = sales.referral(ana, now - timedelta(days=100), country="GB", company="Long ago")
    actions.qualify(maya, british, seen_version=1, now=now)
    actions.decline(maya, old, seen_version=1, now=now, reason=DeclineReason.NO_FIT, because="No.")
    db.session.commit()
    before = _rows()
    page = client.as_(agreements.admin()).get(REPLAY).text
    assert "<strong>1 of 2</strong> would be read otherwise: 0 in the partner's favour, 1 against." in page
    assert "United Kingdom is outside our territory" in page
    assert "Qualifies<br>→ Does not qualify" in page
    assert "Long ago" not in page
    assert "against version 2 it would have been 1" in page
    assert "<strong>2 of 3</strong>" in client.get(f"{REPLAY}?months=12").text
    assert "<strong>1 of 2</strong>" in client.get(f"{REPLAY}?months=7").text
    assert _rows() == before


def test_before_any_referral_there_is_nothing_to_read(client: Client, ana: User) -> None:
    client.as_(agreements.admin())
    assert "Nothing to read" in client.get(REPLAY).text
    assert client.get("/staff/settings/criteria/9/replay").status_code == 404
    assert f'href="{REPLAY}"' in client.get("/staff/settings/criteria/").text
