"""The page on which a partner asks, and the one on which staff see who asked."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.auth.models import User
from portal.auth.rules import Role
from portal.extensions import db
from portal.lookalikes import holds
from portal.prechecks import actions
from portal.prechecks.rules import FISHING_FROM, MOST_REFUSED, PER_PERSON
from tests.prechecks.test_actions import entered
from tests.support import make, sales
from tests.support.client import Client

CALDER: dict[str, Any] = {"company": "Calder & Finch Ltd", "website": "https://www.calderfinch.com"}


@pytest.fixture
def ana(app: Flask) -> User:
    sales.program()
    make.staff(Role.SALES_OWNER)
    return sales.lead(name="Ana Ferreira")


@pytest.fixture
def signed_in(client: Client, ana: User) -> Client:
    return client.as_(ana)


def ask(client: Client, typed: str) -> str:
    return client.post("/referrals/check", data={"company": typed}, follow_redirects=True).text


def answer_of(page: str) -> str:
    """What is told, without what is another for each question: its own reference, its time, keys of forms."""
    found: str
    (found,) = re.findall(r'<section class="card stack-s" id="answer">.*?</section>', page, re.DOTALL)
    for changing in (r"C-[0-9A-Z]{6}", r'value="[^"]*"', r"Asked [^.]*\."):
        found = re.sub(changing, "", found)
    return found


def test_ask_us_names_who_to_ask_and_by_when_it_is_answered(signed_in: Client) -> None:
    make.staff(Role.PARTNER_MANAGER, name="Maya Lindqvist", email="maya@portal.example", phone="+49 30 1")
    sales.referral(sales.lead(), company="Heller Werkzeugbau", website="heller-werkzeugbau.de")
    page = ask(signed_in, "Keller Werkzeugbau")
    assert "<strong>Maya Lindqvist</strong>" in page
    assert 'href="mailto:maya@portal.example?subject=Is%20Keller%20Werkzeugbau%20free%3F%20C-' in page
    assert 'href="tel:+49301"' in page
    assert "You have our answer within 8 working hours." in page
    assert "Maya" not in ask(signed_in, "calderfinch.com")


def test_a_free_company_can_be_held_and_referred(signed_in: Client, ana: User) -> None:
    page = ask(signed_in, "calderfinch.com")
    assert "Nobody has introduced them" in page
    ref = re.findall(r"/referrals/check/(C-\w+)/hold", page)[0]
    page = signed_in.post(f"/referrals/check/{ref}/hold", follow_redirects=True).text
    assert "calderfinch.com is held for you until" in page
    assert "23 h 59 min left" in page
    (hold,) = holds.live(ana, clock.now())
    form = signed_in.get(f"/referrals/new?hold={hold.ref}").text
    assert 'value="calderfinch.com"' in form
    back = signed_in.post(f"/referrals/check/holds/{hold.ref}/release", follow_redirects=True).text
    assert "calderfinch.com is free again." in back
    assert "Nothing is held." in back


def test_an_answer_of_yesterday_offers_no_hold(signed_in: Client, ana: User) -> None:
    made = actions.check(ana, "calderfinch.com", now=clock.now() - timedelta(hours=25))
    db.session.commit()
    page = signed_in.get(f"/referrals/check/{made.ref}").text
    assert "ask again before you hold them" in page
    assert "Hold for 24 hours" not in page


def test_the_form_begins_with_what_was_asked_for(signed_in: Client) -> None:
    page = ask(signed_in, "Calder & Finch")
    ref = re.findall(r"/referrals/new\?check=(C-\w+)", page)[0]
    assert 'value="Calder &amp; Finch"' in signed_in.get(f"/referrals/new?check={ref}").text
    assert signed_in.get("/referrals/new?check=C-222222").status_code == 404
    assert signed_in.get("/referrals/new?hold=H-222222").status_code == 404


def _referred(company: str, website: str) -> None:
    sales.referral(sales.lead(name="Carl Jensen"), clock.now(), company=company, website=website)


def _protected(company: str, website: str) -> None:
    sales.qualified(sales.lead(name="Carl Jensen"), clock.now(), company=company, website=website)


def _held(company: str, website: str) -> None:
    other, now = sales.lead(name="Carl Jensen"), clock.now()
    assert company
    actions.hold(other, actions.check(other, website, now=now), now=now)
    db.session.commit()


def test_the_answer_is_the_same_to_the_byte_whatever_it_is_that_others_have(client: Client, ana: User) -> None:
    told = set()
    for number, claim in enumerate((_referred, _protected, _held, entered)):
        website = f"calder{number}finch.com"
        claim(f"Calder {number} Finch", website)
        told.add(answer_of(ask(client.as_(ana), website)).replace(website, ""))
    (only,) = told
    assert "Probably taken" in only
    for secret in ("Carl", "Partner", "R-", "D-", "H-", " deal", " referral"):
        assert secret not in only


def test_a_name_that_is_missing_or_no_company_is_said_beside_the_field(signed_in: Client) -> None:
    assert signed_in.post("/referrals/check", data={"company": ""}).status_code == 422
    refused = signed_in.post("/referrals/check", data={"company": "gmail.com"})
    assert refused.status_code == 422
    assert "belongs to a mail provider" in refused.text


def test_whoever_asked_too_often_is_told_when_again(signed_in: Client, ana: User) -> None:
    for number in range(PER_PERSON):
        actions.check(ana, f"Nordwerk {number}", now=clock.now() - timedelta(hours=1))
    db.session.commit()
    refused = ask(signed_in, "One more")
    assert "Nobody looked" in refused
    assert f"You have asked {PER_PERSON} times in 24 hours." in refused
    assert "Ask again from " in refused
    assert 'value="One more"' in refused
    assert "Hold for 24 hours" not in refused
    staff = signed_in.as_(make.staff()).get("/staff/referrals/checks").text
    assert f"{PER_PERSON + 1} checks by 1 person, 1 of them over the quota" in staff
    assert "<td>One more<span" in staff


def test_so_much_past_the_quota_is_refused_without_a_row(signed_in: Client, ana: User) -> None:
    now = clock.now()
    for number in range(PER_PERSON):
        actions.check(ana, f"Nordwerk {number}", now=now)
    for number in range(MOST_REFUSED):
        actions.note_refused(ana, f"Westwerk {number}", now=now)
    db.session.commit()
    assert signed_in.post("/referrals/check", data={"company": "One more"}).status_code == 422
    assert "One more" not in signed_in.get("/referrals/check").text


def test_a_member_sees_their_own_questions_and_a_lead_the_company_s(client: Client, ana: User) -> None:
    member = make.partner_user(Role.PARTNER_MEMBER, partner_id=ana.partner_id)
    ask(client.as_(ana), "Brenninger Papier")
    ask(client.as_(member), "Kallwitz Maschinenbau")
    own = client.get("/referrals/check").text
    assert "Kallwitz" in own
    assert "Brenninger" not in own
    whole = client.as_(ana).get("/referrals/check").text
    assert "Kallwitz" in whole
    assert "Brenninger" in whole


def test_without_an_agreement_the_page_says_what_is_missing(client: Client, app: Flask) -> None:
    sales.program()
    page = client.as_(make.partner_user()).get("/referrals/check").text
    assert "Your agreement is not in force yet" in page


def test_staff_see_who_asked_for_what_and_who_fishes(client: Client, ana: User) -> None:
    other = sales.lead(name="Carl Jensen")
    for number in range(FISHING_FROM):
        actions.check(other, f"Nordwerk {number}", now=clock.now() - timedelta(minutes=number))
    db.session.commit()
    ask(client.as_(ana), "Brenninger Papier")
    staff = client.as_(make.staff())
    page = staff.get("/staff/referrals/checks").text
    assert page.count("Many checks, few referrals") == 1
    assert f"{FISHING_FROM} checks by 1 person, 0 referrals in 30 days" in page
    assert "Carl Jensen" in page
    ref = re.findall(r"/staff/referrals/checks\?partner=(P-\w+)", page)[0]
    narrowed = staff.get(f"/staff/referrals/checks?partner={ref}").text
    assert "Brenninger" not in narrowed
    assert staff.get("/staff/referrals/checks?partner=P-222222").status_code == 404


def test_what_looks_like_a_referral_stands_beside_it(client: Client, ana: User) -> None:
    first = sales.referral(sales.lead(name="Carl Jensen"), company="Calder and Finch", website="calderfinch.co.uk")
    sent = sales.referral(ana, **CALDER)
    deal = entered("Calder Finch", "calder-finch.com")
    page = client.as_(make.staff()).get(f"/staff/referrals/{sent.ref}").text
    for words in (f'href="/staff/referrals/{first.ref}"', f'href="/staff/deals/{deal.ref}"', "Ours", "98 of 100"):
        assert words in page, words
    assert "Looks like" not in client.as_(ana).get(f"/referrals/{sent.ref}").text
