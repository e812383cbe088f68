"""A declined referral is sent again: a new one, made from what was told then, where the rules let it."""

from typing import Any

import pytest
from flask import Flask

from portal.appeals import actions as appeals
from portal.auth.models import User
from portal.auth.rules import Role
from portal.errors import Refused
from portal.extensions import db
from portal.referrals import actions, again
from portal.referrals.decline_reasons import DeclineReason
from portal.referrals.models import Referral
from portal.referrals.rules import Status
from tests.referrals.test_pages import TYPED, sent_rows
from tests.support import make, sales
from tests.support.claims import kinds
from tests.support.client import Client
from tests.support.make import NOON


@pytest.fixture
def ana(app: Flask) -> User:
    sales.program()
    make.staff(Role.SALES_OWNER)
    return sales.lead(name="Ana Ferreira")


def declined(by: User, reason: DeclineReason = DeclineReason.NOT_THE_DECIDER) -> Referral:
    told: dict[str, Any] = {"budget": "30,000", "expected_minor": 1_250_000, "employees": 120}
    sent = sales.referral(sales.detached(by), website="calderfinch.example", company="Calder & Finch", **told)
    maya = sales.detached(make.staff(Role.QUALIFIER))
    actions.decline(maya, sent, seen_version=sent.version, now=NOON, reason=reason, because="I asked.")
    db.session.commit()
    return sent


def test_it_is_made_from_what_was_told_and_each_names_the_other(client: Client, ana: User) -> None:
    old = declined(ana)
    page = client.as_(ana).get(f"/referrals/{old.ref}").text
    assert f'href="/referrals/new?again={old.ref}">Send again' in page
    form = client.get(f"/referrals/new?again={old.ref}").text
    for value in ("Calder &amp; Finch", "calderfinch.example", "12500.00", "120", "30,000", old.contact_email):
        assert f'value="{value}"' in form, value
    assert f'<input name="made_from" type="hidden" value="{old.ref}">' in form
    assert "checked" not in form.split('id="consent"')[1].split(">")[0], "the consent is stated anew"
    assert client.post("/referrals/new", data=TYPED | {"made_from": old.ref}).status_code == 303
    new = sent_rows()[-1]
    assert (kinds(new)[-1], kinds(old)[-1]) == ("ReferralMadeFrom", "ReferralSentAgain")
    assert f'Made from <a href="/referrals/{old.ref}">' in client.get(f"/referrals/{new.ref}").text
    before = client.get(f"/referrals/{old.ref}").text
    assert f'Sent again as <a href="/referrals/{new.ref}">' in before
    assert ">Send again<" not in before
    assert client.get(f"/referrals/new?again={old.ref}").location == f"/referrals/{new.ref}"
    client.as_(make.staff())
    assert f'made from <a href="/staff/referrals/{old.ref}">' in client.get(f"/staff/referrals/{new.ref}").text


def test_the_link_stands_on_the_record_itself(client: Client, ana: User) -> None:
    old = declined(ana)
    client.as_(ana).post("/referrals/new", data=TYPED | {"made_from": old.ref})
    new = sent_rows()[-1]
    assert again.beside(sales.again(old.ref), may_act=True, is_appealed=False) == again.Again(False, "", new.ref)
    assert again.beside(sales.again(new.ref), may_act=True, is_appealed=False) == again.Again(False, old.ref, "")
    for made_from in (new.ref, "R-NOBODY"):
        sent = sales.referral(ana)
        again.note(ana, sent, made_from, now=NOON)
        assert again.beside(sales.again(sent.ref), may_act=True, is_appealed=False) == again.Again(False, "", "")
    assert sales.again(old.ref).version == old.version


def test_it_waits_in_a_draft_and_is_still_made_from_it(client: Client, ana: User) -> None:
    old = declined(ana)
    answer = client.as_(ana).post("/referrals/drafts", data=TYPED | {"made_from": old.ref})
    draft = answer.get_json()["ref"]
    assert f'name="made_from" type="hidden" value="{old.ref}"' in client.get(f"/referrals/new?draft={draft}").text


def test_an_appeal_is_answered_first(client: Client, ana: User) -> None:
    old = declined(ana)
    appeals.appeal(ana, old, now=NOON, text="They asked me twice.")
    db.session.commit()
    assert ">Send again<" not in client.as_(ana).get(f"/referrals/{old.ref}").text
    answer = client.get(f"/referrals/new?again={old.ref}")
    assert (answer.status_code, "is answered first" in answer.text) == (409, True)


def test_whoever_took_their_consent_back_is_not_named_again(client: Client, ana: User) -> None:
    old = declined(ana, DeclineReason.CONSENT_WITHDRAWN)
    form = client.as_(ana).get(f"/referrals/new?again={old.ref}").text
    assert "calderfinch.example" in form
    assert old.contact_email not in form


def test_only_a_declined_one_of_ones_own_company_is_made_anew(client: Client, ana: User) -> None:
    old = declined(ana)
    other = sales.lead(name="Carl")
    assert client.as_(other).get(f"/referrals/new?again={old.ref}").status_code == 404
    client.post("/referrals/new", data=TYPED | {"made_from": old.ref})
    new = sent_rows()[-1]
    assert (new.status, kinds(new)[-1], kinds(old)[-1]) == (Status.SUBMITTED, "ReferralSubmitted", "ReferralDeclined")
    assert again.begun(old, "EUR", (), is_appealed=False)["made_from"] == old.ref
    old.erased_at = NOON
    with pytest.raises(Refused, match="wants nothing to be kept"):
        again.begun(old, "EUR", (), is_appealed=False)
    db.session.rollback()
    waiting = sales.referral(ana)
    answer = client.as_(ana).get(f"/referrals/new?again={waiting.ref}")
    assert answer.location == f"/referrals/{waiting.ref}"
