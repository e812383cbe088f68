from datetime import timedelta

import pytest
from flask import Flask

from portal import clock
from portal.auth.models import User
from portal.auth.rules import PARTNER_ROLES, Role
from portal.extensions import db
from portal.partners.rules import PartnerState
from portal.referrals import actions
from tests.support import agreements, fees, make, sales
from tests.support.client import Client
from tests.support.make import NOON


@pytest.fixture
def lead(app: Flask) -> User:
    fees.program()
    return sales.detached(sales.lead(name="Ana"))


def _home(client: Client, user: User) -> str:
    answer = client.as_(user).get("/")
    assert answer.status_code == 200
    return answer.text


def test_the_signed_out_are_sent_to_sign_in(client: Client) -> None:
    make.program()
    assert client.get("/").location.startswith("/login")


def test_staff_go_on_to_their_own_home(client: Client) -> None:
    make.program()
    assert client.as_(make.staff()).get("/").location == "/staff/"


def test_a_portal_without_a_program_says_what_comes_first(client: Client) -> None:
    page = client.get("/", follow_redirects=True)
    assert page.status_code == 503
    assert "portal setup" in page.text
    assert "make demo" in page.text


@pytest.mark.parametrize("role", PARTNER_ROLES)
def test_a_new_company_sees_its_first_steps(client: Client, role: Role) -> None:
    make.program()
    partner = make.partner(state=PartnerState.ONBOARDING)
    page = _home(client, make.partner_user(role, partner_id=partner.id))
    assert "Lumen CRM</strong> prepares your agreement." in page
    assert "Your first steps" in page
    assert "Nothing is published yet" in page


def test_an_agreement_to_sign_comes_first(client: Client) -> None:
    make.program()
    partner = make.partner(state=PartnerState.ONBOARDING)
    hana = agreements.signatory(partner, name="Hana")
    lead = agreements.person(Role.PARTNER_ADMIN, partner_id=partner.id)
    sent = agreements.sent(partner, now=clock.now())
    page = _home(client, hana)
    assert "Your agreement</strong> is waiting for your signature." in page
    assert f'href="/agreements/{sent.ref}"' in page
    assert "Hana can sign for your company, by" in _home(client, lead)


def test_an_open_question_comes_before_the_latest(client: Client, lead: User) -> None:
    asked = sales.referral(lead, NOON, company="Nordlys AS")
    actions.ask(make.staff(), asked, seen_version=asked.version, now=NOON, question="Who decides?")
    db.session.commit()
    for hour in range(6):
        sales.referral(lead, NOON + timedelta(hours=hour))
    page = _home(client, lead)
    assert "Nordlys AS</strong>: “Who decides?”" in page
    assert page.index('class="open" href="/referrals/' + asked.ref) < page.index("Calder &amp; Finch")
    assert page.count('class="open"') == 5


def test_money_that_cannot_be_paid_yet_is_said(client: Client, lead: User) -> None:
    fees.booked(lead, company="Bluefin")
    page = _home(client, lead)
    assert "€2,600.00</strong> waits for you and cannot be paid yet." in page
    assert "Payouts wait for the payout details." in page
    assert "Bluefin" in page
    assert "Earned this year" in page


def test_a_member_sees_its_own_and_nothing_of_its_colleagues(client: Client, lead: User) -> None:
    member = sales.detached(make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id))
    sales.referral(lead, company="Hidden Harbour")
    sales.referral(member, company="Nordlys AS")
    page = _home(client, member)
    assert "Nordlys AS" in page
    assert "Hidden Harbour" not in page


def test_nothing_of_another_company_is_on_the_page(client: Client, lead: User) -> None:
    stranger = sales.lead()
    sales.referral(stranger, company="Hidden Harbour")
    fees.booked(stranger, company="Sunken Treasure")
    page = _home(client, lead)
    assert "Hidden Harbour" not in page
    assert "€" not in page


@pytest.mark.parametrize("role", PARTNER_ROLES)
def test_every_role_has_a_home_with_six_questions_to_the_database(client: Client, lead: User, role: Role) -> None:
    fees.booked(lead)
    sales.referral(lead)
    page = _home(client, make.partner_user(role, partner_id=lead.partner_id))
    assert "How we keep our word" in page
    assert "within 8 working hours." in page


def test_the_record_stands_beside_the_promise(client: Client, lead: User) -> None:
    now = clock.now() - timedelta(days=5)
    for _ in range(5):
        sent = sales.referral(lead, now)
        actions.qualify(make.staff(), sent, seen_version=sent.version, now=now)
    db.session.commit()
    assert "100 % in time</strong>, half within 0\N{NO-BREAK SPACE}min (5 answers)" in _home(client, lead)
