"""From draft to force: what each step writes, and what it refuses."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.activity.models import EventRow
from portal.agreements import actions, publishing, queries
from portal.agreements.models import Signature
from portal.agreements.rules import AgreementState
from portal.agreements.terms import Terms
from portal.agreements.texts import digest
from portal.auth.rules import Role
from portal.documents.models import Document
from portal.errors import Overtaken, Refused
from portal.extensions import db
from portal.markdown import render
from portal.partners.rules import PartnerState
from portal.scope import all_partners
from tests.support import agreements as made
from tests.support import make
from tests.support.make import NOON
from tests.support.proof import nothing_broken

LATER = NOON + timedelta(days=3)


@pytest.fixture(autouse=True)
def program(app: Flask) -> None:
    make.program()


def signatures(agreement_id: int) -> list[Signature]:
    of_it = sa.select(Signature).where(Signature.agreement_id == agreement_id).order_by(Signature.id)
    return list(db.session.scalars(all_partners(of_it, "a test")))


def documents(ref: str) -> dict[str, Document]:
    of_it = sa.select(Document).where(Document.ref == ref)
    return {found.kind.value: found for found in db.session.scalars(all_partners(of_it, "a test"))}


def kinds(ref: str) -> list[str]:
    told = sa.select(EventRow.kind).where(EventRow.ref == ref).order_by(EventRow.seq)
    return list(db.session.scalars(all_partners(told, "a test")))


def test_what_is_sent_is_frozen_and_asked_for_as_a_paper() -> None:
    partner = made.company()
    agreement = made.sent(partner)
    assert agreement.state is AgreementState.SENT
    assert agreement.sign_by is not None
    assert agreement.sign_by.isoformat() == "2026-12-02"
    assert agreement.body_sha256 == digest(agreement.body)
    assert "Harbour &amp; Lane Ltd" in render(agreement.body)
    assert "We pay 10 % of the net value" in render(agreement.body)
    assert documents(agreement.ref).keys() == {"agreement"}
    assert kinds(agreement.ref) == ["AgreementPrepared", "AgreementSent"]
    nothing_broken()


def test_the_text_is_that_of_the_moment_of_sending() -> None:
    partner = made.company(legal_name="Old name Ltd")
    agreement = made.draft(partner)
    partner.legal_name = "New name Ltd"
    db.session.commit()
    actions.send(made.admin(), agreement, now=NOON)
    assert "New name Ltd" in render(agreement.body)


def test_signing_countersigns_and_brings_it_into_force_at_once() -> None:
    partner = made.company()
    agreement = made.sent(partner)
    hana = made.signatory(partner)
    actions.view(hana, agreement, now=LATER)
    actions.view(hana, agreement, now=LATER)
    made.signed(agreement, hana, now=LATER)

    assert agreement.state is AgreementState.COUNTERSIGNED
    assert agreement.signed_at == agreement.in_force_at == LATER
    assert partner.state is PartnerState.ACTIVE
    theirs, ours = signatures(agreement.id)
    assert (theirs.side, theirs.user_id, theirs.typed_name, theirs.address) == (
        "partner",
        hana.id,
        "Hana Novák",
        "203.0.113.7",
    )
    assert theirs.authority_text == f"I have the authority to sign for {partner.legal_name}."
    assert (ours.side, ours.user_id, ours.typed_name) == ("program", None, "Lumen Software GmbH")
    assert theirs.document_sha256 == ours.document_sha256 == agreement.body_sha256
    assert kinds(agreement.ref) == [
        "AgreementPrepared",
        "AgreementSent",
        "AgreementViewed",
        "AgreementSigned",
        "AgreementCountersigned",
    ]
    nothing_broken()


def test_the_signed_paper_carries_the_evidence_and_the_terms() -> None:
    agreement = made.in_force(made.company())
    paper = documents(agreement.ref)["signed_agreement"]
    for said in ("Evidence of the signatures", agreement.body_sha256, "203.0.113.7", "Hana Novák", "12:00:00 UTC"):
        assert said in paper.html
    assert "I agree to sign electronically" in paper.html
    assert paper.data is not None
    assert Terms.from_data(paper.data) == Terms.from_data(agreement.terms)
    assert digest(paper.data["text"]) == agreement.body_sha256


def test_the_signed_paper_says_utc_and_means_it() -> None:
    agreement = made.in_force(made.company(), now=LATER.astimezone(ZoneInfo("Europe/Berlin")))
    paper = documents(agreement.ref)["signed_agreement"].html
    assert paper.count(f"{LATER + timedelta(hours=1):%Y-%m-%d %H:%M:%S} UTC") == 2


def test_a_newer_agreement_replaces_the_one_in_force() -> None:
    partner = made.company()
    text, fees = made.template(), made.plan()
    first = made.in_force(partner, text=text, fees=fees)
    second = made.in_force(partner, text=text, fees=fees, now=LATER)
    assert (first.state, second.number) == (AgreementState.SUPERSEDED, 2)
    in_force = queries.in_force(partner.id)
    assert in_force is not None
    assert in_force.id == second.id
    nothing_broken()


def test_only_one_agreement_waits_for_a_partner() -> None:
    partner = made.company()
    text, fees = made.template(), made.plan()
    first = made.sent(partner, text=text, fees=fees)
    second = made.draft(partner, text=text, fees=fees)
    with pytest.raises(Refused, match=f"{first.ref} still waits"):
        actions.send(made.admin(), second, now=NOON)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"authority": False}, "authority"), ({"consent": False}, "consent"), ({"typed_name": " . "}, "typed_name")],
)
def test_a_signature_that_would_not_hold_is_refused_beside_its_field(change: dict[str, object], field: str) -> None:
    partner = made.company()
    agreement = made.sent(partner)
    how: dict[str, object] = {"typed_name": "Hana Novák", "consent": True, "authority": True}
    with pytest.raises(Refused) as refusal:
        actions.sign(
            made.signatory(partner),
            agreement,
            seen_version=agreement.version,
            address="",
            user_agent="",
            factor="password",
            now=NOON,
            **how | change,  # type: ignore[arg-type]
        )
    assert refusal.value.field == field
    assert signatures(agreement.id) == []


def test_a_signature_on_an_older_version_is_refused() -> None:
    partner = made.company()
    agreement = made.sent(partner)
    with pytest.raises(Overtaken):
        actions.sign(
            made.signatory(partner),
            agreement,
            seen_version=agreement.version - 1,
            typed_name="Hana Novák",
            consent=True,
            authority=True,
            address="",
            user_agent="",
            factor="password",
            now=NOON,
        )


def test_only_a_signatory_of_that_company_signs() -> None:
    agreement = made.sent(made.company())
    ref = agreement.ref
    stranger = made.signatory(made.company())
    lead = made.person(Role.PARTNER_ADMIN, partner_id=agreement.partner_id, name="Ana Lead")
    for person in (stranger, lead):
        with pytest.raises(Refused, match="does not include"):
            made.signed(made.agreement(ref), person)
        db.session.rollback()


def test_what_was_sent_does_not_change_any_more() -> None:
    agreement = made.sent(made.company())
    with pytest.raises(Refused, match="already sent"):
        actions.send(made.admin(), agreement, now=LATER)
    agreement.body += "More."
    with pytest.raises(sa.exc.DBAPIError):
        db.session.flush()


def test_a_partner_declines_with_a_reason_and_staff_take_back() -> None:
    partner = made.company()
    text, fees = made.template(), made.plan()
    declined = made.sent(partner, text=text, fees=fees)
    actions.decline(made.signatory(partner), declined, reason="The rate", now=LATER)
    voided = made.sent(partner, text=text, fees=fees)
    actions.void(made.admin(), voided, reason="Wrong plan", now=LATER)
    dropped = made.draft(partner, text=text, fees=fees)
    actions.void(made.admin(), dropped, reason="", now=LATER)
    db.session.commit()
    assert [declined.state, voided.state] == [AgreementState.DECLINED, AgreementState.VOID]
    assert declined.reason == "The rate"
    assert kinds(voided.ref)[-1] == "AgreementVoided"
    assert kinds(dropped.ref) == ["AgreementPrepared", "AgreementDiscarded"]
    nothing_broken()


def test_a_text_without_the_clause_of_the_plan_is_refused() -> None:
    with pytest.raises(Refused, match=r"clause 7\.3"):
        made.draft(made.company(), fees=made.plan(clause="7.3"))


def test_what_is_not_published_is_not_used() -> None:
    partner, text, fees = made.company(), made.template(), made.plan()
    new_text = publishing.write_template(made.admin(), title="New", body=made.TEXT, now=NOON)
    new_plan = publishing.draft_plan(
        made.admin(), name="Standard", currency="EUR", rate_bp=1200, clause="4.1", now=NOON
    )
    for chosen, fee_plan in ((new_text, fees), (text, new_plan)):
        terms = Terms(currency="EUR", plan=fee_plan.plan)
        with pytest.raises(Refused, match="not published"):
            actions.prepare(made.admin(), partner, template=chosen, plan=fee_plan, terms=terms, now=NOON)


@pytest.mark.parametrize("name", ["*x* & Co", "<b>Bold</b> AG", "[a](https://evil.example) Ltd", "# Head `c` {{rate}}"])
def test_a_hostile_company_name_is_shown_as_it_is(name: str) -> None:
    agreement = made.in_force(made.company(legal_name=name))
    shown = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for html in (render(agreement.body), documents(agreement.ref)["signed_agreement"].html):
        assert shown in html
        assert 'evil.example"' not in html
