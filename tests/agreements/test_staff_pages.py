"""Staff prepare, preview, send, follow and take back."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.agreements.models import Agreement
from portal.agreements.rules import AgreementState
from portal.auth.rules import Role
from portal.extensions import db
from portal.partners.models import Partner
from portal.scope import all_partners
from tests.support import agreements as made
from tests.support import make
from tests.support.client import Client
from tests.support.proof import nothing_broken


@pytest.fixture(autouse=True)
def program(app: Flask) -> None:
    make.program()


@pytest.fixture
def lane() -> Partner:
    return made.company()


@pytest.fixture
def maya(client: Client) -> Client:
    return client.as_(made.person(Role.PARTNER_MANAGER, name="Maya"))


def typed(lane: Partner, **given: Any) -> dict[str, Any]:
    usual = {
        "partner": lane.ref,
        "template": made.template().number,
        "fee_plan": made.plan().ref,
        "protection_days": "120",
        "tail_days": "90",
        "extension_days": "60",
        "answer_hours": "1.5",
        "contact_hours": "16",
        "payment_day": "15",
        "notice_days": "30",
    }
    return usual | given


def only_agreement() -> Agreement:
    return db.session.scalars(all_partners(sa.select(Agreement), "a test")).one()


@pytest.mark.parametrize("what", ["partner", "text", "plan"])
def test_what_is_missing_before_a_first_agreement_is_named(maya: Client, what: str) -> None:
    assert "Prepare the first" in maya.get("/staff/agreements/").text
    if what != "partner":
        make.partner()
    if what == "plan":
        made.template()
    sentence = {"partner": "No partner", "text": "No text is published", "plan": "No fee plan is published"}[what]
    assert sentence in maya.get("/staff/agreements/new").text


def test_from_preparing_to_sending(maya: Client, lane: Partner) -> None:
    answers = typed(lane)
    page = maya.get(f"/staff/agreements/new?partner={lane.ref}")
    assert f'<option selected value="{lane.ref}">Harbour &amp; Lane</option>' in page.text
    answer = maya.post("/staff/agreements/new", data=answers)
    agreement = only_agreement()
    assert (answer.status_code, answer.location) == (303, f"/staff/agreements/{agreement.ref}")
    assert (agreement.terms["protection_days"], agreement.terms["answer_minutes"]) == (120, 90)

    page = maya.get(f"/staff/agreements/{agreement.ref}")
    assert "does not see it" in page.text
    assert "Harbour &amp; Lane Ltd" in page.text
    assert maya.post(f"/staff/agreements/{agreement.ref}/sending").status_code == 303
    assert maya.post(f"/staff/agreements/{agreement.ref}/sending").status_code == 409
    page = maya.get(f"/staff/agreements/{agreement.ref}")
    assert "Not opened yet." in page.text
    assert "You sent the agreement for signature." in page.text
    nothing_broken()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"partner": "P-NOBODY"}, "Please choose one of these"),
        ({"template": "99"}, "Please choose one of these"),
        ({"fee_plan": ""}, "Choose the fee plan"),
        ({"protection_days": "0"}, "goes from 1 to 730"),
        ({"protection_days": "many"}, "Please write a whole number."),
        ({"answer_hours": "0"}, "From 1 to 80 hours"),
        ({"answer_hours": "nan"}, "is no number"),
        ({"payment_day": "31"}, "goes from 1 to 28"),
        ({"notice_days": ""}, "Write a number of days"),
    ],
)
def test_what_is_wrong_is_said_and_kept(maya: Client, lane: Partner, change: dict[str, str], sentence: str) -> None:
    page = maya.post("/staff/agreements/new", data=typed(lane, tail_days="77") | change)
    assert page.status_code == 422
    assert sentence in page.text
    assert 'value="77"' in page.text
    assert db.session.scalar(all_partners(sa.select(sa.func.count()).select_from(Agreement), "a test")) == 0


def test_a_plan_whose_clause_the_text_lacks_is_refused(maya: Client, lane: Partner) -> None:
    other = made.plan(name="Other", clause="9.9").ref
    page = maya.post("/staff/agreements/new", data=typed(lane, fee_plan=other))
    assert page.status_code == 422
    assert "pays by clause 9.9" in page.text


def test_a_preview_saves_nothing(maya: Client, lane: Partner) -> None:
    answers = typed(lane)
    fragment = maya.post("/staff/agreements/preview", data=answers)
    assert "Harbour &amp;#38; Lane" not in fragment.text
    assert "Harbour &amp; Lane Ltd" in fragment.text
    page = maya.post("/staff/agreements/preview", data=answers, headers={"Accept": "text/html"})
    assert "Keep as draft" in page.text
    assert 'id="clause-4-1"' in page.text
    assert maya.post("/staff/agreements/preview", data=answers | {"partner": "x"}).status_code == 200
    assert db.session.scalar(all_partners(sa.select(sa.func.count()).select_from(Agreement), "a test")) == 0


def test_taking_back_needs_a_reason_and_ends_it(maya: Client, lane: Partner) -> None:
    ref = made.sent(lane).ref
    assert maya.post(f"/staff/agreements/{ref}/withdrawal").status_code == 422
    assert maya.post(f"/staff/agreements/{ref}/withdrawal", data={"reason": "Wrong plan"}).status_code == 303
    assert made.agreement(ref).state is AgreementState.VOID
    assert "Wrong plan" in maya.get(f"/staff/agreements/{ref}").text
    assert maya.post(f"/staff/agreements/{ref}/withdrawal", data={"reason": "again"}).status_code == 409
    assert maya.post(f"/staff/agreements/{ref}/sending").status_code == 409
    assert "took this back" in maya.as_(made.signatory(lane)).get(f"/agreements/{ref}").text


def test_the_list_filters_and_shows_evidence(maya: Client, lane: Partner) -> None:
    ref = made.in_force(lane).ref
    assert ref in maya.get("/staff/agreements/?state=countersigned").text
    page = maya.get("/staff/agreements/?state=sent")
    assert "None in this state" in page.text
    assert ref in maya.get("/staff/agreements/?state=nonsense&at=nonsense").text
    page = maya.get(f"/staff/agreements/{ref}")
    for said in ("Hana Novák", "203.0.113.7", "by rule", "In force since", "Countersigned by rule"):
        assert said in page.text


def test_other_staff_look_and_do_not_touch(client: Client, lane: Partner) -> None:
    ref = made.draft(lane).ref
    client.as_(made.person(Role.AUDITOR))
    page = client.get(f"/staff/agreements/{ref}")
    assert page.status_code == 200
    assert "<form" not in page.text.split("<main")[1]
    assert client.get("/staff/agreements/").status_code == 200
    assert client.get("/staff/agreements/new").status_code == 403
    for address in ("sending", "withdrawal"):
        assert client.post(f"/staff/agreements/{ref}/{address}").status_code == 403
    assert client.post("/staff/agreements/preview").status_code == 403


def test_partners_have_no_staff_pages_and_staff_no_partner_pages(client: Client, lane: Partner) -> None:
    ref = made.sent(lane).ref
    client.as_(made.signatory(lane))
    for address in ("", "new", ref, f"{ref}.pdf", "templates"):
        assert client.get(f"/staff/agreements/{address}").status_code == 403
    client.as_(made.admin())
    assert client.get(f"/agreements/{ref}").status_code == 403
    assert client.get("/staff/agreements/A-NOBODY").status_code == 404
