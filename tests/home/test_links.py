"""Whatever a home or the settings lead to is there, and open to whoever sees the link."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from portal import clock
from portal.auth.models import User
from portal.auth.rules import PARTNER_ROLES, STAFF_ROLES, Role
from portal.extensions import db
from portal.referrals import actions
from tests.support import agreements, fees, make, sales
from tests.support.client import Client
from tests.support.make import NOON


@pytest.fixture
def lead(app: Flask) -> User:
    """Of a company with something at every stage, so that every home has work."""
    fees.program()
    lead = sales.detached(sales.lead(name="Ana"))
    sales.referral(lead, clock.now())
    asked = sales.referral(lead)
    actions.ask(make.staff(), asked, seen_version=asked.version, now=NOON, question="Who decides?")
    fees.booked(lead)
    fees.approved(lead, fees.maker())
    agreements.sent(make.partner(name="Harbour & Lane"), now=clock.now() - timedelta(days=1))
    db.session.commit()
    return lead


def _check_links(client: Client, user: User, url: str) -> None:
    page = client.as_(user).get(url)
    if page.status_code == 403:
        return
    assert page.status_code == 200
    for link in sorted(set(re.findall(r'href="(/[^"#]*)"', page.text.partition("<main")[2]))):
        assert client.get(link).status_code == 200, f"{url} leads {user.role_words} to {link}"


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_the_queue_and_the_settings_lead_our_people_to_pages_of_theirs(client: Client, lead: User, role: Role) -> None:
    user = make.staff(role)
    for url in ("/staff/", "/staff/settings/", "/staff/jobs/"):
        _check_links(client, user, url)


def test_an_owner_is_led_to_their_deals(client: Client, lead: User) -> None:
    _check_links(client, sales.detached(sales.owner_of(sales.qualified(lead, clock.now()))), "/staff/")


@pytest.mark.parametrize("role", PARTNER_ROLES)
def test_a_home_leads_a_partners_people_to_pages_of_theirs(client: Client, lead: User, role: Role) -> None:
    _check_links(client, make.partner_user(role, partner_id=lead.partner_id), "/")


@pytest.mark.parametrize("role", PARTNER_ROLES)
def test_so_does_the_home_of_a_new_company(client: Client, lead: User, role: Role) -> None:
    partner = make.partner(name="New & Eager")
    agreements.sent(partner, now=clock.now())
    _check_links(client, make.partner_user(role, partner_id=partner.id), "/")
