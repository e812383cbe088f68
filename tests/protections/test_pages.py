"""The life of a claim on the pages: asked to be longer, given back, revoked, appealed, sent again."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask

from portal import clock
from portal.auth.rules import Role
from portal.referrals.rules import Status
from tests.support import claims, make, sales
from tests.support.claims import DAY, time_comes
from tests.support.client import Client
from tests.support.proof import broken_of_deals


@pytest.fixture
def people(app: Flask) -> SimpleNamespace:
    sales.program()
    make.staff(Role.SALES_OWNER, name="Sam")
    maya = make.staff(Role.QUALIFIER, name="Maya")
    return SimpleNamespace(maya=maya, pia=make.staff(Role.PARTNER_MANAGER, name="Pia"), lead=sales.lead(name="Ana"))


def test_an_extension_is_asked_for_and_decided(client: Client, people: SimpleNamespace) -> None:
    sent = claims.qualified(people.lead, people.maya, clock.now() - 70 * DAY, company="Nordlys AS")
    page = client.as_(people.lead).get(f"/referrals/{sent.ref}").text
    assert "(20 days left) · can be extended once, by 60 days" in page
    assert "You can ask for 60 days more." in page
    url = f"/referrals/{sent.ref}/extension"
    assert "Ask for 60 days more" in client.get(url).text
    assert client.post(url, data={"happened": " "}).status_code == 422
    assert client.post(url, data={"happened": "We met twice."}).location == f"/referrals/{sent.ref}"
    assert "until then the protection does not end" in client.get(f"/referrals/{sent.ref}").text
    assert "It cannot be extended now" in client.get(url).text
    staff = client.as_(people.pia)
    assert "Decide on the extension: Nordlys AS" in staff.get("/staff/").text
    assert "We met twice." in staff.get(f"/staff{url}").text
    assert staff.post(f"/staff{url}", data={"version": 1, "decision": "refuse"}).status_code == 422
    decided = staff.post(f"/staff{url}", data={"version": 1, "decision": "grant", "reason": "It moves."})
    assert decided.location == f"/staff/referrals/{sent.ref}"
    assert staff.post(f"/staff{url}", data={"version": 1, "decision": "grant"}).status_code == 409
    assert "by 60 days: It moves." in client.as_(people.lead).get(f"/referrals/{sent.ref}").text
    assert broken_of_deals() == []


def test_a_revoked_protection_is_appealed_and_answered(client: Client, people: SimpleNamespace) -> None:
    sent = claims.qualified(people.lead, people.maya, clock.now(), company="Nordlys AS")
    url, seen = f"/staff/referrals/{sent.ref}/revocation", claims.of(sent).version
    staff = client.as_(people.pia)
    assert "Revoke the protection" in staff.get(url).text
    assert staff.post(url, data={"version": seen, "reason": ""}).status_code == 422
    assert staff.post(url, data={"version": seen, "reason": "They were bought."}).status_code == 303
    page = client.as_(people.lead).get(f"/referrals/{sent.ref}").text
    assert "They were bought. You can appeal until" in page
    assert "They were bought." in client.get(f"/referrals/{sent.ref}/appeal").text
    assert client.post(f"/referrals/{sent.ref}/appeal", data={"text": "They were not."}).status_code == 303
    assert "is answered by somebody else than who decided, by " in client.get(f"/referrals/{sent.ref}").text
    made = claims.open_appeal(sent.ref)
    page = client.as_(people.pia).get(f"/staff/appeals/{made.ref}").text
    assert "You took this decision" in page
    answer = {"version": 1, "decision": "uphold", "reason": "We mixed them up."}
    assert client.post(f"/staff/appeals/{made.ref}/decision", data=answer).status_code == 409
    client.as_(people.maya)
    assert "Answer the appeal: Nordlys AS" in client.get("/staff/").text
    assert "Nordlys AS" in client.get("/staff/appeals/").text
    assert client.post(f"/staff/appeals/{made.ref}/decision", data=answer).location == "/staff/appeals/"
    assert "No open appeal" in client.get("/staff/appeals/").text
    assert "We mixed them up." in client.get(f"/staff/appeals/{made.ref}").text
    assert "Upheld" in client.get("/staff/appeals/?state=all").text
    assert "until <strong>" in client.as_(people.lead).get(f"/referrals/{sent.ref}").text


def test_a_decline_is_appealed_until_a_day(client: Client, people: SimpleNamespace) -> None:
    sent = claims.declined(people.lead, people.maya, clock.now())
    late = claims.declined(people.lead, people.maya, clock.now() - 20 * DAY)
    assert "You can appeal until" in client.as_(people.lead).get(f"/referrals/{sent.ref}").text
    assert "You can appeal" not in client.get(f"/referrals/{late.ref}").text
    assert client.post(f"/referrals/{late.ref}/appeal", data={"text": "But."}).status_code == 422
    assert client.post(f"/referrals/{sent.ref}/appeal", data={"text": "But."}).status_code == 303
    assert "Withdraw the appeal" in client.get(f"/referrals/{sent.ref}").text
    assert client.post(f"/referrals/{sent.ref}/appeal/withdrawal", data={"version": 1}).status_code == 303
    assert "There is nothing to appeal" in client.get(f"/referrals/{sent.ref}/appeal").text


def test_an_expired_referral_is_sent_again_in_one_look(client: Client, people: SimpleNamespace) -> None:
    sent = claims.asked(people.lead, people.maya, clock.now() - 32 * DAY)
    page = client.as_(people.lead).get(f"/referrals/{sent.ref}").text
    assert ", else it expires." in page
    time_comes(clock.now())
    url, seen = f"/referrals/{sent.ref}/renewal", sales.again(sent.ref).version
    assert url in client.get(f"/referrals/{sent.ref}").text
    assert "How it reads today" in client.get(url).text
    assert client.post(url, data={"version": seen}).status_code == 422
    assert client.post(url, data={"version": seen, "consent": "y"}).location == f"/referrals/{sent.ref}"
    assert sales.again(sent.ref).status is Status.SUBMITTED
    assert "It cannot be sent again" in client.get(url).text


def test_a_claim_is_given_back(client: Client, people: SimpleNamespace) -> None:
    sent = claims.qualified(people.lead, people.maya, clock.now() - timedelta(days=2))
    page = client.as_(people.lead).get(f"/referrals/{sent.ref}").text
    assert "Give the protection back" in page
    given = client.post(f"/referrals/{sent.ref}/release", data={"version": claims.of(sent).version})
    assert given.status_code == 303
    assert "You gave it back." in client.get(f"/referrals/{sent.ref}").text
    assert client.post(f"/referrals/{sent.ref}/release", data={"version": 2}).status_code == 409
