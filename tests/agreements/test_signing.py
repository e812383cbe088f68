"""The partner's side: read, sign, decline, take the PDF away."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock, storage
from portal.agreements.models import Agreement, Signature
from portal.agreements.rules import AgreementState
from portal.auth.models import User
from portal.auth.rules import Role
from portal.documents.models import Document
from portal.documents.rules import DocumentState
from portal.extensions import db
from portal.idempotency import FIELD, new_key
from portal.partners.models import Partner
from portal.scope import all_partners
from tests.support import agreements as made
from tests.support import make
from tests.support.client import Client
from tests.support.proof import nothing_broken

CONSENTS = {"authority": "y", "consent": "y", "typed_name": "Hana Novák"}


@pytest.fixture(autouse=True)
def program(app: Flask) -> None:
    make.program()


@pytest.fixture
def lane() -> Partner:
    return made.company()


@pytest.fixture
def hana(lane: Partner) -> User:
    return made.signatory(lane)


def waiting(lane: Partner) -> str:
    return made.sent(lane, now=clock.now()).ref


def signatures() -> int:
    return db.session.scalar(all_partners(sa.select(sa.func.count()).select_from(Signature), "a test")) or 0


def typed(ref: str) -> dict[str, object]:
    return CONSENTS | {"version": made.agreement(ref).version}


def test_without_an_agreement_the_list_says_what_comes(client: Client, hana: User) -> None:
    page = client.as_(hana).get("/agreements/")
    assert "No agreement yet" in page.text


def test_a_draft_is_not_shown_to_the_partner(client: Client, lane: Partner, hana: User) -> None:
    ref = made.draft(lane).ref
    client.as_(hana)
    assert ref not in client.get("/agreements/").text
    assert client.get(f"/agreements/{ref}").status_code == 404


def test_from_the_list_to_the_signed_agreement(client: Client, lane: Partner, hana: User) -> None:
    ref = waiting(lane)
    client.as_(hana)
    page = client.get("/agreements/")
    assert "waits for a signature" in page.text
    assert "Read and sign" in page.text

    page = client.get(f"/agreements/{ref}")
    assert "Read the agreement" in page.text
    assert "10 % of each first deal" in page.text
    assert 'id="clause-4-1"' not in page.text
    answer = client.post(f"/agreements/{ref}/reading")
    assert answer.status_code == 303
    assert made.agreement(ref).state is AgreementState.VIEWED

    page = client.get(f"/agreements/{ref}")
    assert 'id="clause-4-1"' in page.text
    assert "I have the authority to sign for Harbour &amp; Lane Ltd." in page.text
    assert "By pressing “Sign the agreement”" in page.text
    assert 'value="Hana Novák"' in page.text

    answer = client.post(f"/agreements/{ref}/signature", data=typed(ref), headers={"User-Agent": "Firefox"})
    assert (answer.status_code, answer.location) == (303, f"/agreements/{ref}")
    page = client.get(f"/agreements/{ref}")
    assert "In force since" in page.text
    assert "Hana Novák" in page.text
    assert "Lumen Software GmbH" in page.text
    assert 'action="/agreements' not in page.text
    nothing_broken()


def test_a_double_click_signs_once(client: Client, lane: Partner, hana: User) -> None:
    ref = waiting(lane)
    client.as_(hana)
    body = typed(ref) | {FIELD: new_key()}
    answers = [client.post(f"/agreements/{ref}/signature", data=body) for _ in range(2)]
    assert [(answer.status_code, answer.location) for answer in answers] == [(303, f"/agreements/{ref}")] * 2
    assert signatures() == 2
    assert client.post(f"/agreements/{ref}/signature", data=typed(ref)).status_code == 409
    assert signatures() == 2
    nothing_broken()


def test_an_agreement_that_changed_meanwhile_is_not_signed(client: Client, lane: Partner, hana: User) -> None:
    ref = waiting(lane)
    page = client.as_(hana).post(f"/agreements/{ref}/signature", data=typed(ref) | {"version": "1"})
    assert page.status_code == 409
    assert "a moment before you" in page.text
    for nonsense in ("", "x", "-1", "9" * 30):
        wrong = client.post(f"/agreements/{ref}/signature", data=typed(ref) | {"version": nonsense})
        assert wrong.status_code == 409
    assert signatures() == 0


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("consent", "without it the signature does not hold"),
        ("authority", "without it the signature does not hold"),
        ("typed_name", "Type your full name"),
    ],
)
def test_what_is_missing_is_said_beside_its_box(
    client: Client, lane: Partner, hana: User, missing: str, sentence: str
) -> None:
    ref = waiting(lane)
    given = {name: value for name, value in typed(ref).items() if name != missing}
    page = client.as_(hana).post(f"/agreements/{ref}/signature", data=given)
    assert page.status_code == 422
    assert sentence in page.text
    assert f'id="{missing}-error"' in page.text
    assert 'id="clause-4-1"' in page.text
    assert missing == "typed_name" or 'value="Hana Novák"' in page.text
    assert signatures() == 0


def test_a_name_of_dots_is_no_name(client: Client, lane: Partner, hana: User) -> None:
    ref = waiting(lane)
    page = client.as_(hana).post(f"/agreements/{ref}/signature", data=typed(ref) | {"typed_name": "…"})
    assert page.status_code == 422
    assert "as you would sign" in page.text


def test_who_cannot_sign_is_told_who_can(client: Client, lane: Partner, hana: User) -> None:
    ref = waiting(lane)
    ana = made.person(Role.PARTNER_ADMIN, partner_id=lane.id, name="Ana")
    page = client.as_(ana).get(f"/agreements/{ref}")
    assert "Hana Novák can sign for Harbour &amp; Lane" in page.text
    assert client.post(f"/agreements/{ref}/reading").status_code == 303
    assert "Sign the agreement" not in client.get(f"/agreements/{ref}").text
    assert client.post(f"/agreements/{ref}/signature", data=typed(ref)).status_code == 403
    assert client.get(f"/agreements/{ref}/refusal").status_code == 403
    assert signatures() == 0


def test_where_nobody_can_sign_the_page_says_so(client: Client, lane: Partner) -> None:
    ref = waiting(lane)
    ana = made.person(Role.PARTNER_ADMIN, partner_id=lane.id, name="Ana")
    assert "can sign yet" in client.as_(ana).get(f"/agreements/{ref}").text


def test_a_member_has_no_agreements(client: Client, lane: Partner) -> None:
    ref = waiting(lane)
    client.as_(made.person(Role.PARTNER_MEMBER, partner_id=lane.id))
    for address in ("/agreements/", f"/agreements/{ref}", f"/agreements/{ref}.pdf"):
        assert client.get(address).status_code == 403
    assert client.post(f"/agreements/{ref}/reading").status_code == 403


def test_another_companys_agreement_is_not_found(client: Client, lane: Partner) -> None:
    ref = waiting(lane)
    client.as_(made.signatory(make.partner()))
    unknown = client.get("/agreements/A-ZZZZZZ")
    for address in (f"/agreements/{ref}", f"/agreements/{ref}.pdf", f"/agreements/{ref}/refusal"):
        page = client.get(address)
        assert (page.status_code, page.text) == (404, unknown.text)
    for address in ("reading", "signature", "refusal"):
        assert client.post(f"/agreements/{ref}/{address}", data=typed(ref)).status_code == 404
    assert made.agreement(ref).state is AgreementState.SENT


def test_declining_takes_a_reason(client: Client, lane: Partner, hana: User) -> None:
    ref = waiting(lane)
    client.as_(hana)
    assert client.get(f"/agreements/{ref}/refusal").status_code == 200
    assert client.post(f"/agreements/{ref}/refusal").status_code == 422
    assert client.post(f"/agreements/{ref}/refusal", data={"reason": "The *rate*"}).status_code == 303
    page = client.get(f"/agreements/{ref}")
    assert "The *rate*" in page.text
    assert "Sign the agreement" not in page.text
    assert client.post(f"/agreements/{ref}/refusal", data={"reason": "again"}).status_code == 409
    assert client.post(f"/agreements/{ref}/signature", data=typed(ref)).status_code == 409
    nothing_broken()


def test_after_the_date_it_can_still_be_signed(client: Client, lane: Partner, hana: User) -> None:
    ref = made.sent(lane, now=clock.now() - timedelta(days=20)).ref
    page = client.as_(hana).get(f"/agreements/{ref}")
    assert "You can still sign it" in page.text
    assert client.post(f"/agreements/{ref}/signature", data=typed(ref)).status_code == 303


def test_a_pdf_that_is_not_made_says_so(client: Client, lane: Partner, hana: User) -> None:
    ref = waiting(lane)
    page = client.as_(hana).get(f"/agreements/{ref}.pdf")
    assert page.status_code == 404
    assert "usually within a minute" in page.text
    assert page.headers["Retry-After"] == "60"
    papers(ref, attempts=3, error="PDFs need the Pango library, and it is not installed.")
    assert "could not be made so far" in client.get(f"/agreements/{ref}.pdf").text
    assert "Pango" in client.as_(made.admin()).get(f"/staff/agreements/{ref}.pdf").text


def test_the_pdf_is_handed_out_as_a_file(client: Client, lane: Partner, hana: User) -> None:
    ref = waiting(lane)
    stored = storage.put(b"%PDF-1.7 made", "application/pdf")
    made_at = {"state": DocumentState.MADE, "sha256": stored.sha256, "size": stored.size, "made_at": clock.now()}
    papers(ref, **made_at)
    answer = client.as_(hana).get(f"/agreements/{ref}.pdf")
    assert answer.data == b"%PDF-1.7 made"
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{ref}.pdf"'
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def papers(ref: str, **values: object) -> None:
    change = sa.update(Document).where(Document.ref == ref).values(**values)
    db.session.execute(all_partners(change, "a test"))
    db.session.commit()


def test_every_ended_agreement_says_how_it_ended(client: Client, lane: Partner, hana: User) -> None:
    text, fees = made.template(), made.plan()
    first = made.in_force(lane, text=text, fees=fees).ref
    made.in_force(lane, text=text, fees=fees)
    client.as_(hana)
    assert "Replaced by a newer version" in client.get(f"/agreements/{first}").text
    for state in (AgreementState.TERMINATED, AgreementState.EXPIRED):
        ended = sa.update(Agreement).where(Agreement.ref == first).values(state=state)
        db.session.execute(all_partners(ended, "a test"))
        db.session.commit()
        assert client.get(f"/agreements/{first}").status_code == 200
