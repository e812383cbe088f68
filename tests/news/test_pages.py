"""What is new since a person's last visit: on the home and in the list, for each by themselves."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.auth import visits
from portal.auth.models import LoginSession, User
from portal.auth.rules import VISIT_GAP, Role
from portal.conversation import actions as conversation
from portal.extensions import db
from portal.referrals import actions as referrals
from portal.referrals.models import Referral
from portal.scope import all_partners
from tests.support import make, sales
from tests.support.client import Client

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CARD = "<h2>New since your last visit</h2>"


@pytest.fixture
def sam(app: Flask) -> User:
    sales.program()
    return make.staff(Role.SALES_OWNER, Role.QUALIFIER, name="Sam Okafor")


@pytest.fixture
def lead(sam: User) -> User:
    return sales.lead(name="Ana Ferreira")


def was_here(user: User, at: datetime) -> None:
    """A visit that ended then."""
    kept = sa.update(User).where(User.id == user.id).values(visited_at=at, visited_before_at=None)
    db.session.execute(all_partners(kept, "a test"))
    db.session.commit()


def times(user: User) -> Any:
    kept = sa.select(User.visited_at, User.visited_before_at).where(User.id == user.id)
    return tuple(db.session.execute(all_partners(kept, "a test")).one())


def ask(by: User, referral: Referral, at: datetime) -> None:
    referrals.ask(by, referral, seen_version=referral.version, now=at, question="Who decides?")
    db.session.commit()


def write(by: User, referral: Referral, at: datetime) -> None:
    conversation.write(by, referral, text="Hello.", now=at)
    db.session.commit()


def test_what_others_did_since_is_on_the_home_and_in_the_list(client: Client, sam: User, lead: User) -> None:
    now = clock.now()
    nordlys = sales.referral(lead, now - 3 * DAY, company="Nordlys AS")
    sales.referral(lead, now - HOUR, company="Vetter GmbH", website="vetter.example")
    ask(sam, nordlys, now - HOUR)
    write(sam, nordlys, now - HOUR)
    was_here(lead, now - DAY)
    home = client.as_(lead).get("/").text
    assert CARD in home
    assert "one referral, since" in home
    assert "by Sam Okafor; one new message</span>" in home
    page = client.get("/referrals/").text
    assert page.count('<strong class="news">') == 1, "what one did oneself is not new"
    assert '<strong class="news">Question asked on' in page


def test_who_is_here_for_the_first_time_or_missed_nothing_is_told_calmly(client: Client, sam: User, lead: User) -> None:
    now = clock.now()
    ask(sam, sales.referral(lead, now - 3 * DAY), now - 2 * DAY)
    home = client.as_(lead).get("/").text
    assert ("since your last visit" in home, 'class="news"' in client.get("/referrals/").text) == (False, False)
    was_here(lead, now - DAY)
    assert "Nothing new since your last visit, " in client.get("/").text
    assert CARD not in client.get("/").text


def test_each_person_has_their_own_last_visit_and_a_member_their_own_referrals(
    client: Client, sam: User, lead: User
) -> None:
    now = clock.now()
    member = make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id, name="Ben Okoye")
    stranger = sales.lead()
    leads = sales.referral(lead, now - 3 * DAY)
    theirs = sales.referral(member, now - 3 * DAY, company="Vetter GmbH", website="vetter.example")
    sales.referral(stranger, now - 3 * DAY, website="elsewhere.example")
    ask(sam, leads, now - HOUR)
    for each in (lead, member, stranger):
        was_here(each, now - DAY)
    assert "Nothing new" in client.as_(member).get("/").text
    assert "Nothing new" in client.as_(stranger).get("/").text
    assert "one referral, since" in client.as_(lead).get("/").text
    ask(sam, theirs, now - HOUR)
    assert "2 referrals, since" in client.get("/").text
    assert "one referral, since" in client.as_(member).get("/").text


def test_what_happens_to_the_deal_and_its_fee_is_news_of_the_referral(client: Client, sam: User, lead: User) -> None:
    now = clock.now()
    deal = sales.qualified(lead, now - 3 * DAY, company="Nordlys AS")
    won = {"value_minor": 10_000_00, "won_on": now.date()}
    sales.moved(deal, "contacted", "meeting", "proposal", "won", now=now - HOUR, **won)
    was_here(lead, now - DAY)
    page = client.as_(lead).get("/referrals/").text
    assert '<strong class="news">Won on' in page
    assert "Won on" in client.get("/").text


def test_messages_that_were_read_are_no_news(client: Client, sam: User, lead: User) -> None:
    now = clock.now()
    nordlys = sales.referral(lead, now - 3 * DAY, company="Nordlys AS")
    write(sam, nordlys, now - HOUR)
    was_here(lead, now - DAY)
    assert "one new message" in client.as_(lead).get("/").text
    client.post(f"/referrals/{nordlys.ref}/messages/read-mark")
    assert "Nothing new" in client.get("/").text
    assert 'class="news"' not in client.get("/referrals/").text


def test_a_visit_goes_on_over_its_pages_and_begins_again_after_half_an_hour(client: Client, lead: User) -> None:
    now = clock.now()
    was_here(lead, now - timedelta(minutes=20))
    client.as_(lead).get("/")
    assert times(lead) == (now - timedelta(minutes=20), None), "noted every five minutes, not with every page"
    used = sa.update(LoginSession).values(last_used_at=now - timedelta(minutes=6))
    db.session.execute(all_partners(used, "a test"))
    db.session.commit()
    client.get("/")
    here, before = times(lead)
    assert (here >= now, before) == (True, None), "the same visit"
    was_here(lead, now - VISIT_GAP)
    db.session.execute(all_partners(used, "a test"))
    db.session.commit()
    client.get("/")
    here, before = times(lead)
    assert (here >= now, before) == (True, now - VISIT_GAP), "another one"


def test_signing_in_is_a_visit(client: Client, lead: User) -> None:
    ben = make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id, has_password=True)
    was_here(ben, before := clock.now() - DAY)
    client.post("/login", data={"email": ben.email, "password": make.PASSWORD})
    assert times(ben)[1] == before


def test_of_two_browsers_the_later_one_holds(app: Flask, lead: User) -> None:
    now = clock.now()
    for at in (now, now - HOUR, now):
        db.session.execute(visits.noted(lead.id, at))
    assert times(lead) == (now, None)


def test_a_home_names_eight_and_counts_the_rest(client: Client, sam: User, lead: User) -> None:
    now = clock.now()
    told = [{"company": f"Company {number}", "website": f"company{number}.example"} for number in range(10)]
    for each in [sales.referral(lead, now - 3 * DAY, **given) for given in told]:
        ask(sam, each, now - HOUR)
    was_here(lead, now - DAY)
    home = client.as_(lead).get("/").text
    assert ("10 referrals, since" in home, "And 2 more referrals." in home) == (True, True)
    card = home.partition(CARD)[2].partition("</ul>")[0]
    assert card.index("Company 9") < card.index("Company 2"), "the latest first"
    assert "Company 1<" not in card
