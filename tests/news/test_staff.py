"""What partners did since the last visit of one of ours, on referrals that are theirs."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from portal import clock
from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals import actions as deals
from portal.deals.rules import Channel
from portal.events import KINDS
from portal.extensions import db
from portal.news.rules import FROM_PARTNERS, WORDS
from portal.protections import extending
from portal.referrals import actions as referrals
from portal.referrals.models import Referral
from tests.news.test_pages import CARD, DAY, HOUR, ask, was_here, write
from tests.support import make, sales, shared
from tests.support.client import Client


@pytest.fixture
def sam(app: Flask) -> User:
    sales.program()
    return make.staff(Role.SALES_OWNER, name="Sam Okafor")


def asked_for_more(by: User, sent: Referral, at: datetime) -> None:
    extending.ask(by, sent, now=at, happened="They meet us next month.", meets_on=(at + 30 * DAY).date())
    db.session.commit()


def test_an_owner_sees_what_the_partner_did_on_their_deal_and_nobody_elses(client: Client, sam: User) -> None:
    now, lead = clock.now(), sales.lead(name="Ana Ferreira")
    sent = sales.referral_of(sales.qualified(lead, now - 70 * DAY, company="Nordlys AS"))
    other = make.staff(Role.SALES_OWNER, Role.PARTNER_MANAGER, name="Ida Lund")
    deals.enter(
        other, now=now, company="Borgholm", channel=Channel.INBOUND, currency="EUR", website="", expected_minor=None
    )
    decider = make.staff(Role.QUALIFIER)
    asked_for_more(lead, sent, now - HOUR)
    write(lead, sent, now - HOUR)
    for user in (sam, other, decider):
        was_here(user, now - DAY)
    page = client.as_(sam).get("/staff/referrals/").text
    assert '<strong class="news">Extension asked for on' in page
    assert "by Ana Ferreira; one new message</strong>" in page
    today = client.get("/staff/").text
    assert CARD in today
    assert f'<a href="/staff/referrals/{sent.ref}">Nordlys AS</a> <span>Extension asked for on' in today
    for user in (other, decider):
        assert "Extension asked" not in client.as_(user).get("/staff/referrals/").text
        assert CARD not in client.get("/staff/").text


def test_whoever_decides_sees_it_of_what_nobody_has_yet(client: Client, sam: User) -> None:
    now, lead, decider = clock.now(), sales.lead(name="Ana Ferreira"), make.staff(Role.QUALIFIER)
    sent = sales.referral(lead, now - 3 * DAY, company="Nordlys AS")
    ask(decider, sent, now - 2 * DAY)
    was_here(decider, now - DAY)
    assert CARD not in client.as_(decider).get("/staff/").text
    referrals.answer(lead, sent, seen_version=sent.version, now=now - HOUR, text="She does.")
    referrals.withdraw(lead, sent, seen_version=sent.version, now=now - HOUR)
    db.session.commit()
    assert '<strong class="news">Withdrawn on' in client.get("/staff/referrals/").text
    today = client.get("/staff/").text
    assert ("one referral, since" in today, "Withdrawn on" in today) == (True, True), "the latest of each"
    for quiet in (sam, make.staff(Role.AUDITOR)):
        was_here(quiet, now - DAY)
        assert "Withdrawn on" not in client.as_(quiet).get("/staff/").text
    was_here(decider, now - timedelta(minutes=40))
    assert CARD not in client.as_(decider).get("/staff/").text


def test_what_colleagues_do_and_a_first_visit_are_no_news(client: Client, sam: User) -> None:
    now, decider = clock.now(), make.staff(Role.QUALIFIER, Role.PARTNER_MANAGER)
    lead = sales.lead()
    sent = sales.referral(lead, now - 3 * DAY)
    ask(make.staff(Role.QUALIFIER), sent, now - HOUR)
    was_here(decider, now - DAY)
    assert CARD not in client.as_(decider).get("/staff/").text
    referrals.answer(lead, sent, seen_version=sent.version, now=now - HOUR, text="She does.")
    db.session.commit()
    assert CARD in client.get("/staff/").text
    assert CARD not in client.as_(make.staff(Role.QUALIFIER)).get("/staff/").text


def test_of_a_shared_deal_the_owner_hears_of_each_partner(client: Client, app: Flask) -> None:
    now = clock.now()
    found = shared.agreed(now=now - 70 * DAY)
    owner = sales.owner_of(found.deal)
    asked_for_more(found.ben, found.second, now - HOUR)
    was_here(owner, now - DAY)
    assert f'/staff/referrals/{found.second.ref}">' in client.as_(owner).get("/staff/").text.partition(CARD)[2][:400]


def test_each_kind_of_it_has_its_words() -> None:
    assert WORDS.keys() & KINDS.keys() >= FROM_PARTNERS
