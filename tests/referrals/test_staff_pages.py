"""The staff pages about referrals: the list, and the page on which one is decided."""

from datetime import timedelta

import pytest
from flask import Flask

from portal import clock
from portal.auth.models import User
from portal.auth.rules import STAFF_ROLES, Role
from portal.extensions import db
from portal.idempotency import FIELD, new_key
from portal.referrals import actions
from portal.referrals.rules import Status
from tests.support import make, sales
from tests.support.client import Client


@pytest.fixture
def ana(app: Flask) -> User:
    sales.program()
    make.staff(Role.SALES_OWNER, name="Sam Ortega")
    return sales.lead(name="Ana Ferreira")


@pytest.fixture
def maya(client: Client, ana: User) -> Client:
    return client.as_(make.staff(Role.QUALIFIER, name="Maya Lindqvist"))


def test_the_list_shows_all_partners_and_what_is_late(maya: Client, ana: User) -> None:
    late = sales.referral(ana, now=clock.now() - timedelta(days=9))
    fresh = sales.referral(sales.lead(), now=clock.now(), contact_title="Sachbearbeiter Vertrieb")
    page = maya.get("/staff/referrals/?sort=due").text
    assert page.index(late.ref) < page.index(fresh.ref)
    assert page.count('class="amount late"') == 1
    assert "Operations Director · Qualifies" in page
    assert fresh.ref in maya.get("/staff/referrals/?state=submitted").text
    assert "None of them" in maya.get("/staff/referrals/?state=declined&sort=due").text


def test_an_empty_list_says_what_to_do(maya: Client) -> None:
    assert "Go to the partners" in maya.get("/staff/referrals/").text


def test_a_referral_is_read_criterion_by_criterion(maya: Client, ana: User) -> None:
    sent = sales.referral(ana, company="Calder", need="They outgrew <their> sheets.")
    page = maya.get(f"/staff/referrals/{sent.ref}").text
    for words in (
        "<mark>Operations Director</mark>",
        "They outgrew &lt;their&gt; sheets.",
        "referred by Ana Ferreira of",
        "A qualifier decides",
        "Ana Ferreira sent this referral.",
    ):
        assert words in page, words


def test_another_partners_claim_is_shown_to_staff_and_to_no_partner(maya: Client, client: Client, ana: User) -> None:
    other = sales.lead(name="Carl")
    first = sales.referral(other, company="Calder & Finch", website="calder.example")
    second = sales.referral(ana, company="Calder & Finch", website="cf-transport.example")
    page = maya.get(f"/staff/referrals/{second.ref}").text
    assert f'<a class="open" href="/staff/referrals/{first.ref}">' in page
    assert "same person" in page
    assert "Say why this claim counts as well." in page
    refused = maya.post(f"/staff/referrals/{second.ref}/qualification", data={"version": "1"})
    assert refused.status_code == 422
    done = maya.post(f"/staff/referrals/{second.ref}/qualification", data={"version": "1", "because": "They met."})
    assert done.status_code == 303
    own = client.as_(ana).get(f"/referrals/{second.ref}").text
    for secret in (first.ref, "same person", "They met."):
        assert secret not in own


def test_qualifying_opens_the_deal_with_its_owner(maya: Client, ana: User) -> None:
    sent = sales.referral(ana)
    page = maya.post(f"/staff/referrals/{sent.ref}/qualification", data={"version": "1"}, follow_redirects=True).text
    assert "is qualified. Sam Ortega takes it on." in page
    deal = sales.deal_of(sent)
    assert f'href="/staff/deals/{deal.ref}"' in page
    assert "Sam Ortega contacts Ruth Calder by" in page
    assert "Decide" not in page


def test_after_a_decision_the_next_one_is_one_click_away(maya: Client, ana: User) -> None:
    first, second = (sales.referral(ana, clock.now(), company=name, website=f"{name}.example") for name in "ab")
    page = maya.post(f"/staff/referrals/{first.ref}/qualification", data={"version": "1"}, follow_redirects=True).text
    assert f'Next: <a href="/staff/referrals/{second.ref}" data-key="n">b</a>, due ' in page
    told = {"version": "1", "reason": "no_fit", "because": "<b>No</b>"}
    page = maya.post(f"/staff/referrals/{second.ref}/decline", data=told, follow_redirects=True).text
    assert "Nothing else waits for a decision." in page


def test_next_walks_through_the_queue_to_its_end(maya: Client, client: Client, ana: User) -> None:
    late = sales.referral(ana, clock.now() - timedelta(days=9), website="a.example")
    fresh = sales.referral(ana, clock.now(), website="b.example")
    assert maya.get(f"/staff/referrals/{late.ref}/next").location == f"/staff/referrals/{fresh.ref}"
    assert maya.get(f"/staff/referrals/{fresh.ref}/next").location == "/staff/"
    page = maya.get(f"/staff/referrals/{late.ref}").text
    assert "<kbd>Q</kbd> qualify" in page
    auditor = client.as_(make.staff(Role.AUDITOR)).get(f"/staff/referrals/{late.ref}").text
    assert "<kbd>" not in auditor


def test_a_question_goes_to_the_partner(maya: Client, ana: User) -> None:
    sent = sales.referral(ana)
    empty = maya.post(f"/staff/referrals/{sent.ref}/question", data={"version": "1", "question": "  "})
    assert (empty.status_code, "Please write the question." in empty.text) == (422, True)
    page = maya.post(
        f"/staff/referrals/{sent.ref}/question",
        data={"version": "1", "question": "Who decides?"},
        follow_redirects=True,
    ).text
    assert "answers: “Who decides?”" in page
    actions.answer(ana, sales.again(sent.ref), seen_version=2, now=clock.now(), text="The CFO, on Thursday.")
    db.session.commit()
    assert "The CFO, on Thursday." in maya.get(f"/staff/referrals/{sent.ref}").text


def test_declining_tells_the_reason_and_the_way_back(maya: Client, client: Client, ana: User) -> None:
    sent = sales.referral(ana, contact_title="Praktikant Buchhaltung")
    page = maya.get(f"/staff/referrals/{sent.ref}").text
    assert '<option selected value="not_the_decider">' in page
    refused = maya.post(f"/staff/referrals/{sent.ref}/decline", data={"version": "1", "reason": "other"})
    assert (refused.status_code, "the partner reads it." in refused.text) == (422, True)
    assert maya.post(f"/staff/referrals/{sent.ref}/decline", data={"version": "1", "reason": "x"}).status_code == 422
    told = {"version": "1", "reason": "not_the_decider", "note": "She starts in March."}
    assert maya.post(f"/staff/referrals/{sent.ref}/decline", data=told).status_code == 303
    own = client.as_(ana).get(f"/referrals/{sent.ref}").text
    assert "too far from the decision" in own
    assert "She starts in March." in own
    assert "Introduce us to whoever leads the area" in own


def test_what_the_partner_will_read_is_shown_before(maya: Client, client: Client, ana: User) -> None:
    sent = sales.referral(ana, contact_title="Praktikant Buchhaltung")
    page = maya.get(f"/staff/referrals/{sent.ref}").text
    assert (
        "Introduce us to whoever leads sales, service or operations"
        in page.split('name="note"')[1].split("</textarea>")[0]
    )
    told = {"version": "1", "reason": "not_the_decider", "note": "She starts in <March>."}
    preview = f"/staff/referrals/{sent.ref}/decline/preview"
    part = maya.post(preview, data=told).text
    whole = maya.post(preview, data=told, headers={"Accept": "text/html"}).text
    assert "Choose the reason" in maya.post(preview, data=told | {"reason": "x"}).text
    maya.post(f"/staff/referrals/{sent.ref}/decline", data=told)
    own = client.as_(ana).get(f"/referrals/{sent.ref}").text
    for words in (
        "for a first talk to lead anywhere. She starts in &lt;March&gt;.",
        "Introduce us to whoever leads the area",
    ):
        assert words in part
        assert words in whole
        assert words in own


def test_the_second_of_two_deciders_gets_a_409(maya: Client, ana: User) -> None:
    sent = sales.referral(ana)
    assert maya.post(f"/staff/referrals/{sent.ref}/qualification", data={"version": "1"}).status_code == 303
    told = {"version": "1", "reason": "no_fit", "because": "No."}
    page = maya.post(f"/staff/referrals/{sent.ref}/decline", data=told)
    assert page.status_code == 409
    assert "Someone changed this a moment before you." in page.text
    assert sales.again(sent.ref).status is Status.QUALIFIED


def test_a_double_click_qualifies_once(maya: Client, ana: User) -> None:
    sent = sales.referral(ana)
    body = {"version": "1", FIELD: new_key()}
    answers = [maya.post(f"/staff/referrals/{sent.ref}/qualification", data=body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert sales.again(sent.ref).version == 2


@pytest.mark.parametrize("version", ["", "-1", "two", "9" * 40])
def test_a_form_that_saw_no_version_decides_nothing(maya: Client, ana: User, version: str) -> None:
    sent = sales.referral(ana)
    page = maya.post(f"/staff/referrals/{sent.ref}/qualification", data={"version": version})
    assert page.status_code == 409
    assert sales.again(sent.ref).status is Status.SUBMITTED


def test_without_a_sales_owner_the_qualifier_is_told_what_to_do(client: Client) -> None:
    sales.program()
    sent = sales.referral(sales.lead())
    page = client.as_(make.staff()).post(f"/staff/referrals/{sent.ref}/qualification", data={"version": "1"})
    assert page.status_code == 409
    assert "Invite a sales owner first." in page.text


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_all_staff_read_and_qualifiers_decide(client: Client, ana: User, role: Role) -> None:
    sent = sales.referral(ana)
    client.as_(make.staff(role))
    page = client.get(f"/staff/referrals/{sent.ref}")
    assert page.status_code == 200
    decides = role is Role.QUALIFIER
    assert ("Decline this referral" in page.text) == decides
    for noun in ("qualification", "question", "decline"):
        code = client.post(f"/staff/referrals/{sent.ref}/{noun}", data={"version": "7"}).status_code
        assert (code == 403) != decides, noun


def test_partners_see_no_staff_page(client: Client, ana: User) -> None:
    sent = sales.referral(ana)
    assert client.as_(ana).get(f"/staff/referrals/{sent.ref}").status_code == 403
    assert client.get("/staff/referrals/").status_code == 403


def test_an_unknown_reference_is_not_found(maya: Client) -> None:
    assert maya.get("/staff/referrals/R-222222").status_code == 404
    assert maya.post("/staff/referrals/R-222222/qualification", data={"version": "1"}).status_code == 404


def test_a_row_is_light(maya: Client, ana: User) -> None:
    for _ in range(20):
        sales.referral(ana, now=clock.now())
    body = maya.get("/staff/referrals/").text.split("<tbody>")[1].split("</tbody>")[0]
    assert len(body.encode()) / 20 <= 600
