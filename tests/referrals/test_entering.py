"""Staff enter what reached them by phone or mail: the partner's referral, with proof, from when it reached us."""

import io
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from portal import clock
from portal.auth.models import User
from portal.auth.rules import Role
from portal.errors import Refused
from portal.extensions import db
from portal.notifications.models import Delivery
from portal.partners.models import Partner
from portal.partners.rules import PartnerState
from portal.referrals import actions
from portal.referrals.entered import EnteredHow, check_received, told
from portal.scope import all_partners
from tests.referrals.test_pages import TYPED, sent_rows
from tests.support import agreements, make, sales
from tests.support.client import Client
from tests.support.make import NOON
from tests.support.proof import broken_of_deals

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (NOON, ""),
        (NOON - 7 * DAY, ""),
        (NOON + timedelta(seconds=1), "lies ahead"),
        (NOON - 7 * DAY - timedelta(seconds=1), "more than 7 days ago"),
        (NOON - 10 * DAY, "not in force yet"),
    ],
)
def test_when_it_may_have_reached_us(at: Any, said: str) -> None:
    def check() -> None:
        check_received(at, now=NOON, in_force_at=NOON - 9 * DAY)

    if not said:
        return check()
    with pytest.raises(Refused, match=said):
        check()
    return None


def test_without_an_agreement_nothing_reached_us() -> None:
    with pytest.raises(Refused, match="not in force yet"):
        check_received(NOON, now=NOON, in_force_at=None)


def test_the_partner_is_told_how_it_came() -> None:
    assert told("Maya", EnteredHow.PHONE, "3 Nov") == "Maya entered this for you from your call of 3 Nov."
    assert told("Maya", EnteredHow.IN_PERSON, "3 Nov") == "Maya entered this for you from what you told us on 3 Nov."


@pytest.fixture
def ana(app: Flask) -> User:
    sales.program()
    make.staff(Role.SALES_OWNER)
    return sales.lead(name="Ana Ferreira")


@pytest.fixture
def maya(ana: User) -> User:
    return make.staff(Role.QUALIFIER, name="Maya Lindqvist")


def company(of: User) -> Partner:
    found = sa.select(Partner).where(Partner.id == of.partner_id)
    return db.session.scalars(all_partners(found, "a test")).one()


def enter(client: Client, ana: User, **typed: Any) -> TestResponse:
    usual: dict[str, Any] = {
        "sender": ana.ref,
        "how": "phone",
        "received_on": (clock.now() - DAY).date().isoformat(),
        "received_time": "10:00",
        "proof_note": "She called and told us of Ruth Calder.",
        "proof_on": (clock.now() - DAY).date().isoformat(),
        "proof_people": "Ana Ferreira, Maya",
    }
    data = {name: value for name, value in (TYPED | usual | typed).items() if value is not None}
    return client.post(f"/staff/referrals/new/{company(ana).ref}", data=data, content_type="multipart/form-data")


def test_it_counts_from_when_it_reached_us_and_the_partner_is_told(client: Client, ana: User, maya: User) -> None:
    answer = enter(client.as_(maya), ana)
    (sent,) = sent_rows()
    assert answer.location == f"/staff/referrals/{sent.ref}"
    assert (sent.by_id, sent.entered_by_id, sent.entered_how) == (ana.id, maya.id, EnteredHow.PHONE)
    assert clock.now() - timedelta(hours=49) < sent.received_at < clock.now() - timedelta(hours=2)
    assert sales.grade_of(sent) == "C"
    page = client.get(f"/staff/referrals/{sent.ref}").text
    assert "entered by Maya Lindqvist" in page
    assert "another qualifier decides" in page
    page = client.as_(ana).get(f"/referrals/{sent.ref}").text
    assert "Maya Lindqvist entered this for you from your call of" in page
    assert "Maya Lindqvist entered it for you." in page
    (answer_by, line, *_) = told_to(ana).lines
    assert answer_by.startswith("We have your introduction. You get our answer by ")
    assert line.startswith("Maya Lindqvist entered this for you from your call of")
    assert line.endswith("Tell us if it is wrong.")
    assert broken_of_deals() == []


def told_to(user: User) -> Delivery:
    found = sa.select(Delivery).where(Delivery.user_id == user.id, Delivery.subject.startswith("Received"))
    return db.session.scalars(all_partners(found, "a test")).one()


def test_the_promise_runs_from_then(client: Client, ana: User, maya: User) -> None:
    enter(client.as_(maya), ana, received_on=(clock.now() - 5 * DAY).date().isoformat())
    (early,) = sent_rows()
    late = sales.referral(ana, clock.now())
    assert early.due_at < late.due_at - DAY


def test_whoever_entered_it_never_decides(client: Client, ana: User, maya: User) -> None:
    enter(client.as_(maya), ana)
    (sent,) = sent_rows()
    with pytest.raises(Refused, match="You entered this referral for the partner"):
        actions.qualify(maya, sent, seen_version=sent.version, now=clock.now())


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"proof_note": "", "proof_on": "", "proof_people": ""}, "Attach what it came by"),
        ({"proof_note": ""}, "Attach what it came by"),
        ({"received_on": "2999-01-01"}, "That lies ahead."),
        ({"received_on": "2001-01-01"}, "Their agreement was not in force yet"),
        ({"received_on": "", "received_time": "25:99"}, "Please choose the day."),
        ({"sender": "U-222222"}, "choose one of these"),
        ({"consent": None}, "Ask the partner first."),
        ({"website": "gmail.com"}, "belongs to a mail provider"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_entered(
    client: Client, ana: User, maya: User, typed: dict[str, Any], said: str
) -> None:
    answer = enter(client.as_(maya), ana, **typed)
    assert (answer.status_code, sent_rows()) == (422, [])
    assert said in answer.text


def test_the_mail_alone_is_proof_enough_and_survives_a_mistake(client: Client, ana: User, maya: User) -> None:
    letter = (io.BytesIO(b"From: ana@x.example\nTo: maya@portal.example\n\nMeet Ruth."), "Ana.eml")
    nothing = {"proof_note": "", "proof_on": "", "proof_people": ""}
    page = enter(client.as_(maya), ana, **nothing, company="", proof_files=[letter])
    assert "Leave out Ana.eml" in page.text
    token = page.text.split('name="proof_token" type="hidden" value="')[1].split('"')[0]
    assert enter(client, ana, **nothing, proof_token=token).status_code == 303


def test_only_partners_that_may_refer_are_offered(client: Client, ana: User, maya: User) -> None:
    make.partner(name="Without agreement")
    agreements.sent(make.partner(name="Not signed yet"))
    paused = sales.partner_with_agreement(name="Paused one", state=PartnerState.PAUSED)
    page = client.as_(maya).get("/staff/referrals/new").text
    assert company(ana).ref in page
    for name in ("Without agreement", "Not signed yet", "Paused one"):
        assert name not in page
    assert client.get(f"/staff/referrals/new/{paused.ref}").status_code == 404


def test_only_people_who_refer_are_offered(client: Client, ana: User, maya: User) -> None:
    make.partner_user(Role.PARTNER_FINANCE, partner_id=ana.partner_id, name="Fay Finance")
    make.partner_user(Role.PARTNER_MEMBER, partner_id=ana.partner_id, name="Gone Member", disabled_at=NOON)
    page = client.as_(maya).get(f"/staff/referrals/new/{company(ana).ref}").text
    assert "Ana Ferreira" in page
    assert "Fay Finance" not in page
    assert "Gone Member" not in page


def test_what_is_there_already_is_said(client: Client, ana: User, maya: User) -> None:
    sales.referral(ana, clock.now(), website=str(TYPED["website"]))
    answer = enter(client.as_(maya), ana)
    assert answer.status_code == 422
    assert len(sent_rows()) == 1
