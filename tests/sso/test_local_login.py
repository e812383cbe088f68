"""Where passwords are switched off, whatever is typed is answered the same; one way in stays for staff."""

import re

import pytest

from portal import clock
from portal.auth import invitations, links
from portal.auth.local_login import refusal
from portal.auth.models import User
from portal.auth.rules import LinkPurpose, Role
from portal.extensions import db
from portal.sso.local import INSTEAD
from portal.sso.models import Connection
from tests.support import fees, make, sign_on
from tests.support.client import Client
from tests.support.make import PASSWORD
from tests.support.soft_key import SoftKey


@pytest.fixture
def lead(client: Client) -> User:
    make.program()
    return make.partner_user(partner_id=fees.company().id, email="ana@brightwater.example", has_password=True)


@pytest.fixture
def made(lead: User) -> Connection:
    return sign_on.connection(lead, off_for_passwords=True)


def answer(client: Client, email: str, password: str) -> tuple[int, str]:
    page = client.post("/login", data={"email": email, "password": password})
    told = re.sub(r'(name="(csrf_token|idempotency_key)"[^>]* value=")[^"]*', r"\1", page.text.replace(email, "…"))
    return page.status_code, told


def test_any_password_for_an_address_of_the_domain_is_answered_the_same(
    client: Client, lead: User, made: Connection
) -> None:
    theirs = make.partner_user(partner_id=fees.company().id, email="kim@brightwater.example", has_password=True)
    tries = [
        (lead.email, PASSWORD),
        (lead.email, "not this one, no"),
        ("nobody@brightwater.example", PASSWORD),
        (theirs.email, "not this one, no"),
    ]
    pages = [answer(client, *each) for each in tries]
    assert len(set(pages)) == 1
    assert pages[0][0] == 422
    assert INSTEAD.split(":")[0] in pages[0][1]
    assert client.get("/account/").status_code == 302


def test_people_of_others_and_other_domains_sign_in_as_before(client: Client, lead: User, made: Connection) -> None:
    others = make.partner_user(partner_id=fees.company().id, email="kim@brightwater.example", has_password=True)
    outside = make.partner_user(partner_id=lead.partner_id, email="max@freelance.example", has_password=True)
    for user in (others, outside):
        page = client.signed_out().post("/login", data={"email": user.email, "password": PASSWORD})
        assert page.status_code == 303


@pytest.mark.parametrize("state", ["off", "beside"])
def test_passwords_work_where_it_is_off_or_beside_it(client: Client, lead: User, state: str) -> None:
    sign_on.connection(lead, on=state != "off", off_for_passwords=state == "off")
    assert client.post("/login", data={"email": lead.email, "password": PASSWORD}).status_code == 303


def test_one_program_admin_keeps_a_way_in(client: Client) -> None:
    make.program()
    first, second, other = (
        make.staff(role, email=f"{name}@portal.example", has_password=True)
        for name, role in (("jo", Role.PROGRAM_ADMIN), ("lu", Role.PROGRAM_ADMIN), ("mo", Role.QUALIFIER))
    )
    sign_on.connection(first, domains=("portal.example",), off_for_passwords=True)
    for user, status in ((second, 422), (other, 422), (first, 303)):
        client.signed_out()
        assert client.post("/login", data={"email": user.email, "password": PASSWORD}).status_code == status
    client.signed_out()
    assert answer(client, first.email, "not this one, no") == answer(client, "nobody@portal.example", PASSWORD)


def test_a_passkey_does_not_count_either(client: Client, lead: User, made: Connection) -> None:
    outside = make.partner_user(partner_id=lead.partner_id, email="max@freelance.example", has_password=True)
    for user, status in ((lead, 422), (outside, 303)):
        key = SoftKey(user)
        page = client.post("/login/passkey", data={"passkey": key.answer(client.get("/login/passkey").text)})
        assert page.status_code == status, page.text
        assert (client.get("/account/").status_code == 200) is (status == 303)
    assert refusal(lead.email, lead) == INSTEAD


def test_an_invitation_leads_to_the_company_and_sets_no_password(client: Client, lead: User, made: Connection) -> None:
    ben = invitations.invite(
        lead,
        email="ben@brightwater.example",
        name="Ben",
        roles=frozenset({Role.PARTNER_MEMBER}),
        partner_id=lead.partner_id,
        now=make.NOON,
    )
    path = links.path_of(links.new(lead, ben, LinkPurpose.INVITATION, clock.now()))
    db.session.commit()
    assert "Sign in with your company" in client.get(path).text
    page = client.post(path, data={"name": "Ben", "password": "a sentence of my own"})
    assert "Sign in with your company" in page.text
    assert client.get("/account/").status_code == 302
