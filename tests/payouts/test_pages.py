import pytest
import sqlalchemy as sa
from flask import Flask

from portal import storage
from portal.auth.models import User
from portal.auth.rules import Role
from portal.documents.models import Document
from portal.documents.rules import DocumentKind, DocumentState
from portal.extensions import db
from portal.fees.rules import LineState
from portal.partners import actions as partners
from portal.payouts import queries
from portal.payouts.models import PayoutRun
from portal.proof import broken
from portal.scope import all_partners
from tests.support import fees, make, sales
from tests.support.client import Client


@pytest.fixture
def lead(app: Flask) -> User:
    fees.program()
    return fees.lead()


@pytest.fixture
def finn(app: Flask) -> User:
    return fees.maker(name="Finn Aalto")


@pytest.fixture
def olga(app: Flask) -> User:
    return fees.approver(name="Olga Petrova")


def run() -> PayoutRun:
    return db.session.scalars(sa.select(PayoutRun).execution_options(populate_existing=True)).one()


def test_from_approved_to_paid_in_the_browser(client: Client, lead: User, finn: User, olga: User) -> None:
    line = fees.approved(lead, finn)
    fees.can_be_paid(line.partner_id)
    partner = fees.partner_of(line)
    client.as_(finn)
    assert "Issue the statement" in client.get("/staff/fees/").text
    issued = client.post("/staff/payouts/statements", data={"partner": partner.ref, "currency": "EUR"})
    assert issued.location == "/staff/fees/?state=payable"
    page = client.get("/staff/payouts/").text
    assert "<strong>€2,600.00</strong> can be paid now: one fee of one partner." in page
    url = client.post("/staff/payouts/", data={"currency": "EUR"}).location
    page = client.get(url).text
    assert "You built it, so someone else releases it." in page
    assert "Olga Petrova" in page
    assert client.post(f"{url}/release", data={"version": 1}).status_code == 403

    page = client.as_(olga).get(url).text
    assert "It waits for <strong>your release</strong>. Finn Aalto built it." in page
    assert "DE" in page
    assert "DE89370400440532013000" not in page
    client.post(f"{url}/release", data={"version": 1})
    assert "Record it <strong>when the bank has paid it</strong>" in client.get(url).text
    client.post(f"{url}/payment", data={"version": 2})
    assert "Recorded as paid by Olga Petrova" in client.get(url).text
    assert fees.line(line.ref).state is LineState.PAID
    assert "Paid on" in client.as_(lead).get(f"/earnings/{line.ref}").text
    assert not list(broken())


def test_a_run_is_cancelled_by_a_maker(client: Client, lead: User, finn: User) -> None:
    line = fees.payable(lead, finn)
    client.as_(finn).post("/staff/payouts/", data={"currency": "EUR"})
    url = f"/staff/payouts/{run().ref}"
    assert "Cancel the run" in client.get(url).text
    client.post(f"{url}/cancellation", data={"version": 1})
    assert "Its fees are payable as before." in client.get(url).text
    assert fees.line(line.ref).state is LineState.PAYABLE


def test_what_holds_a_payment_up_is_named(client: Client, lead: User, finn: User) -> None:
    line = fees.payable(lead, finn)
    person = sales.detached(make.partner_user(Role.PARTNER_FINANCE, partner_id=line.partner_id))
    partners.propose_payout_details(
        person, fees.partner_of(line), holder="Someone", account="NL91ABNA0417164300", now=fees.WON
    )
    db.session.commit()
    page = client.as_(finn).get("/staff/payouts/").text
    assert "Payable, and held up" in page
    assert "Payouts wait until a second person has confirmed the new payout details." in page
    refused = client.post("/staff/payouts/", data={"currency": "EUR"})
    assert refused.status_code == 409
    assert "Nothing can be paid in EUR now." in refused.text


@pytest.mark.parametrize("step", ["release", "payment", "cancellation"])
def test_a_stale_page_moves_nothing(client: Client, lead: User, finn: User, olga: User, step: str) -> None:
    fees.payable(lead, finn)
    client.as_(finn).post("/staff/payouts/", data={"currency": "EUR"})
    client.as_(finn if step == "cancellation" else olga)
    for version in ({}, {"version": 9}, {"version": "x"}):
        assert client.post(f"/staff/payouts/{run().ref}/{step}", data=version).status_code == 409
    assert run().version == 1


def test_a_run_that_is_not_there_is_not_found(client: Client, finn: User) -> None:
    client.as_(finn)
    assert client.get("/staff/payouts/PR-222222").status_code == 404
    assert client.post("/staff/payouts/PR-222222/cancellation").status_code == 404
    assert client.post("/staff/payouts/statements", data={"partner": "P-NOWHERE", "currency": "EUR"}).status_code == 404
    assert client.post("/staff/payouts/", data={"currency": "nothing"}).status_code == 409


def test_a_form_sent_twice_builds_one_run(client: Client, lead: User, finn: User) -> None:
    fees.payable(lead, finn)
    twice = {"currency": "EUR", "idempotency_key": "k" * 32}
    first, second = (client.as_(finn).post("/staff/payouts/", data=twice) for _ in range(2))
    assert first.status_code == 303
    assert second.status_code in (303, 422)  # a new session of the same person is answered for what it is
    assert run().line_count == 1


def test_the_pages_begin_with_where_things_come_from(client: Client, finn: User) -> None:
    assert "No payout run yet" in client.as_(finn).get("/staff/payouts/").text
    assert "Nothing waits for approval" in client.get("/staff/fees/").text


def made(ref: str) -> bytes:
    pdf = f"%PDF of {ref}".encode()
    values = {"state": DocumentState.MADE, "sha256": storage.put(pdf, "application/pdf").sha256, "size": len(pdf)}
    paper = sa.update(Document).where(Document.ref == ref, Document.kind == DocumentKind.STATEMENT).values(**values)
    db.session.execute(all_partners(paper, "a test"))
    db.session.commit()
    return pdf


def test_a_statement_is_taken_away_once_it_is_made(client: Client, lead: User, finn: User) -> None:
    fees.payable(lead, finn)
    (statement,) = queries.statements(lead)
    url = f"/statements/{statement.ref}.pdf"
    waits = client.as_(lead).get(url)
    assert waits.status_code == 404
    assert "usually within a minute" in waits.text
    pdf = made(statement.ref)
    taken = client.get(url)
    assert taken.data == pdf
    assert taken.headers["Content-Disposition"] == f'attachment; filename="{statement.ref}.pdf"'
    assert url in client.get("/earnings/").text


def test_a_statement_of_others_is_not_found(client: Client, lead: User, finn: User) -> None:
    fees.payable(lead, finn)
    (statement,) = queries.statements(lead)
    made(statement.ref)
    unknown = client.as_(fees.lead()).get("/statements/S-999999.pdf")
    foreign = client.get(f"/statements/{statement.ref}.pdf")
    assert foreign.status_code == 404
    assert foreign.data == unknown.data
    member = sales.detached(make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id))
    assert client.as_(member).get(f"/statements/{statement.ref}.pdf").status_code == 403
