"""The partner's pages about referrals."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from portal import clock
from portal.auth.models import User
from portal.auth.rules import Role
from portal.extensions import db
from portal.idempotency import FIELD, new_key
from portal.referrals import actions
from portal.referrals.models import Referral
from portal.referrals.rules import Status
from portal.scope import all_partners
from tests.support import make, sales
from tests.support.client import Client

TYPED: dict[str, Any] = {
    "company": "Calder & Finch",
    "website": "https://www.calderfinch.example/",
    "country": "GB",
    "employees": "120",
    "industry": "Logistics",
    "contact_name": "Ruth Calder",
    "contact_title": "Operations Director",
    "contact_email": "ruth@calderfinch.example",
    "contact_phone": "+44 20 7946 0000",
    "need": "They outgrew their spreadsheets.",
    "timing": "this_quarter",
    "budget": "",
    "decider": "",
    "public_tender": "no",
    "introduced_how": "intro_mail",
    "introduction": "I wrote to her on Monday.",
    "consent": "y",
}


@pytest.fixture
def ana(app: Flask) -> User:
    sales.program()
    make.staff(Role.SALES_OWNER, name="Sam Ortega")
    return sales.lead(name="Ana Ferreira")


def sent_rows() -> list[Referral]:
    return list(db.session.scalars(all_partners(sa.select(Referral).order_by(Referral.id), "a test")))


def send(client: Client, **typed: Any) -> TestResponse:
    return client.post("/referrals/new", data=TYPED | typed)


def test_an_empty_list_says_what_to_do(client: Client, ana: User) -> None:
    page = client.as_(ana).get("/referrals/").text
    assert "No referral yet" in page
    assert 'href="/referrals/new"' in page


def test_a_referral_is_sent_and_seen(client: Client, ana: User) -> None:
    page = client.as_(ana).post("/referrals/new", data=TYPED, follow_redirects=True).text
    (sent,) = sent_rows()
    assert (sent.company, sent.domain, sent.employees, sent.public_tender) == (
        "Calder & Finch",
        "calderfinch.example",
        120,
        False,
    )
    assert sent.ref in page
    assert "Calder &amp; Finch is with us. You hear from us by" in page
    assert "<mark>Operations Director</mark>" in page
    assert "within 8 h of working time, by" in page
    assert sales.PLAN.rules[0].sentence in page
    assert "You sent this referral." in page


def test_a_double_click_sends_once(client: Client, ana: User) -> None:
    key = {FIELD: new_key()}
    first, second = (send(client.as_(ana), **key), send(client, **key))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert len(sent_rows()) == 1


def test_a_company_is_sent_once_and_the_first_is_linked(client: Client, ana: User) -> None:
    send(client.as_(ana))
    (sent,) = sent_rows()
    again = send(client, company="Calder and Finch Ltd")
    assert again.status_code == 422
    assert f'<a href="/referrals/{sent.ref}">{sent.ref}</a>' in again.text
    assert "Calder and Finch Ltd" in again.text


def test_without_an_agreement_the_form_says_so_and_keeps_what_was_typed(client: Client, ana: User) -> None:
    other = make.partner_user()
    assert "We prepare your agreement" in client.as_(other).get("/referrals/new").text
    page = send(client)
    assert page.status_code == 422
    assert 'value="Ruth Calder"' in page.text
    assert sent_rows() == []


LONG = "x" * 10_000
HOSTILE = [
    ({"company": ""}, "Please name the company."),
    ({"company": "   "}, "Please name the company."),
    ({"company": LONG}, "Up to 120 characters"),
    ({"website": "gmail.com"}, "mail provider"),
    ({"website": "nonsense"}, "is not a web address"),
    ({"website": "http://[::1"}, "is not a web address"),
    ({"country": ""}, "Please choose the country."),
    ({"country": "ZZ9"}, "choose one of these"),
    ({"employees": "many"}, "“many” is not one whole number. Write it like 1200."),
    ({"employees": "-4"}, "“-4” is not one whole number."),
    ({"employees": "9" * 30}, "Write a number from 1 to 10,000,000."),
    ({"contact_title": "\u00a0"}, "Please give the job title"),
    ({"contact_email": "ruth"}, "This is not a mail address."),
    ({"contact_email": f"{LONG}@calder.example"}, "Up to 254 characters"),
    ({"need": LONG}, "Up to 4,000 characters"),
    ({"timing": "someday"}, "choose one of these"),
    ({"public_tender": ""}, "Please choose one."),
    ({"introduced_how": "<script>"}, "choose one of these"),
    ({"consent": ""}, "Without their consent"),
]


@pytest.mark.parametrize(("typed", "said"), HOSTILE)
def test_bad_input_is_answered_in_words_and_kept(client: Client, ana: User, typed: dict[str, Any], said: str) -> None:
    page = client.as_(ana).post("/referrals/new", data={k: v for k, v in (TYPED | typed).items() if v != ""})
    assert page.status_code == 422
    assert said in page.text
    assert "I wrote to her on Monday." in page.text
    assert sent_rows() == []


def test_a_nul_is_a_broken_request(client: Client, ana: User) -> None:
    assert send(client.as_(ana), company="Cal\x00der").status_code == 400
    assert sent_rows() == []


def test_signs_of_all_scripts_are_fine(client: Client, ana: User) -> None:
    assert send(client.as_(ana), company="Ünïcode 🚚 株式会社 </script>", need="🙂").status_code == 303
    page = client.get(f"/referrals/{sent_rows()[0].ref}").text
    assert "Ünïcode 🚚 株式会社 &lt;/script&gt;" in page


def test_the_reading_is_shown_before_anything_is_sent(client: Client, ana: User) -> None:
    fragment = client.as_(ana).post("/referrals/reading", data={"contact_title": "Praktikant Vertrieb"})
    assert fragment.status_code == 200
    assert "<mark>Praktikant Vertrieb</mark>" in fragment.text
    assert "<h1>" not in fragment.text
    whole = client.post("/referrals/reading", data=TYPED | {"employees": "lots"}, headers={"Accept": "text/html"})
    assert "<h1>Refer a company</h1>" in whole.text
    assert "It qualifies at once." in whole.text
    assert 'value="Ruth Calder"' in whole.text
    assert sent_rows() == []


def test_a_question_is_answered_on_the_page(client: Client, ana: User) -> None:
    sent = sales.referral(ana, now=clock.now())
    actions.ask(make.staff(name="Maya"), sent, seen_version=1, now=clock.now(), question="Who decides there?")
    db.session.commit()
    page = client.as_(ana).get(f"/referrals/{sent.ref}").text
    assert "Who decides there?" in page
    assert "Our clock is paused. Answer by " in page
    assert "Your answer" in client.get("/referrals/").text
    empty = client.post(f"/referrals/{sent.ref}/answer", data={"answer": " ", "version": sent.version})
    assert empty.status_code == 422
    assert "Please write an answer." in empty.text
    page = client.post(
        f"/referrals/{sent.ref}/answer", data={"answer": "The CFO.", "version": sent.version}, follow_redirects=True
    ).text
    assert "Our clock runs again." in page
    assert "The CFO." in page
    assert sales.again(sent.ref).status is Status.UNDER_REVIEW
    late = client.post(f"/referrals/{sent.ref}/answer", data={"answer": "The CEO.", "version": sent.version})
    assert late.status_code == 409


def test_a_referral_is_withdrawn(client: Client, ana: User) -> None:
    sent = sales.referral(ana)
    assert "Withdraw this referral" in client.as_(ana).get(f"/referrals/{sent.ref}").text
    assert client.post(f"/referrals/{sent.ref}/withdrawal", data={"version": "7"}).status_code == 409
    page = client.post(f"/referrals/{sent.ref}/withdrawal", data={"version": "1"}, follow_redirects=True).text
    assert "You withdrew Calder" in page
    assert "Withdraw this referral" not in page
    assert client.post(f"/referrals/{sent.ref}/withdrawal", data={"version": "2"}).status_code == 409


def test_the_page_tells_the_whole_story(client: Client, ana: User) -> None:
    now = clock.now()
    deal = sales.qualified(ana, now=now - timedelta(days=9))
    sales.moved(deal, "contacted", "meeting", "proposal", now=now - timedelta(days=3))
    sales.moved(deal, "won", now=now, value_minor=1_100_000, won_on=now.date())
    ref = sent_rows()[0].ref
    page = client.as_(ana).get(f"/referrals/{ref}").text
    for words in ("Protected", "nothing is left to protect", "€1,100.00", "booked on", "Finance approves your fee."):
        assert words in page, words
    row = client.get("/referrals/").text
    assert "€1,100.00" in row
    assert '<span class="status good">Won</span>' in row


def test_the_list_says_what_happens_next(client: Client, ana: User) -> None:
    deal = sales.qualified(ana, now=clock.now())
    page = client.as_(ana).get("/referrals/").text
    assert "Sam Ortega contacts Ruth Calder by" in page
    assert 'aria-label="In conversation, step 3 of 7"' in page
    sales.moved(
        sales.again_deal(deal.ref), "parked", now=clock.now(), parked_until=(clock.now() + timedelta(days=60)).date()
    )
    assert "Parked until" in client.get("/referrals/").text


def test_the_list_is_filtered_sorted_and_paged(client: Client, ana: User) -> None:
    for _ in range(52):
        sales.referral(ana, now=clock.now())
    sent = sent_rows()[0]
    actions.withdraw(ana, sent, seen_version=sent.version, now=clock.now())
    db.session.commit()
    first = client.as_(ana).get("/referrals/?state=submitted&sort=due").text
    assert first.count('class="open"') == 50
    (following,) = [line.split('href="')[1].split('"')[0] for line in first.split("<a ") if 'rel="next"' in line]
    assert client.get(following.replace("&amp;", "&")).text.count('class="open"') == 1
    withdrawn = client.get("/referrals/?state=withdrawn").text
    assert withdrawn.count('class="open"') == 1
    assert sent.ref in withdrawn
    assert "None of them" in client.get("/referrals/?state=declined").text
    assert client.get("/referrals/?state=%3Cscript%3E&sort=x&at=garbage").text.count('class="open"') == 50


def test_a_member_sees_its_own_a_lead_all_of_the_company(client: Client, ana: User) -> None:
    ben = make.partner_user(Role.PARTNER_MEMBER, partner_id=ana.partner_id, name="Ben")
    hers, his = sales.referral(ana), sales.referral(ben)
    client.as_(ben)
    assert client.get(f"/referrals/{his.ref}").status_code == 200
    assert client.get(f"/referrals/{hers.ref}").status_code == 404
    assert hers.ref not in client.get("/referrals/").text
    client.as_(ana)
    assert "by Ben" in client.get("/referrals/").text
    assert client.get(f"/referrals/{his.ref}").status_code == 200


def test_another_company_sees_none_of_it(client: Client, ana: User) -> None:
    sent = sales.referral(ana)
    carl = sales.lead(name="Carl")
    client.as_(carl)
    assert sent.company.split(" ")[0] not in client.get("/referrals/").text
    assert client.get(f"/referrals/{sent.ref}").status_code == 404
    for noun in ("answer", "withdrawal"):
        assert client.post(f"/referrals/{sent.ref}/{noun}", data={"version": "1", "answer": "x"}).status_code == 404
    assert sales.again(sent.ref).status is Status.SUBMITTED


def test_who_does_not_refer_is_refused(client: Client, ana: User) -> None:
    for user in (make.partner_user(Role.PARTNER_FINANCE, partner_id=ana.partner_id), make.staff()):
        assert client.as_(user).get("/referrals/new").status_code == 403
        assert client.get("/referrals/").status_code == 403
    assert client.signed_out().get("/referrals/").status_code == 302


def test_a_row_is_light(client: Client, ana: User) -> None:
    for _ in range(20):
        sales.referral(ana, now=clock.now())
    page = client.as_(ana).get("/referrals/").text
    body = page.split("<tbody>")[1].split("</tbody>")[0]
    assert len(body.encode()) / 20 <= 600
