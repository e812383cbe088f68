import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, render_template_string
from pypdf import PdfReader
from sqlalchemy.exc import IntegrityError

from portal import storage
from portal.documents import jobs, queries
from portal.documents.actions import ask_again, ask_for
from portal.documents.models import Document
from portal.documents.rules import DocumentKind, DocumentState
from portal.errors import Refused
from portal.extensions import db
from portal.pdf import MOST_BYTES
from portal.scope import all_partners
from tests.support import make
from tests.support.make import NOON

PAGE = """{% extends "layouts/document.html" %}{% block title %}Referral agreement{% endblock %}
{% block main %}<p>Ørsted &amp; Søn pays <b>ten per cent (10 %)</b>.</p>{% endblock %}"""


@pytest.fixture(autouse=True)
def store(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test's files in a folder of its own."""
    monkeypatch.setitem(app.extensions, "storage", storage.opened(tmp_path.as_uri()))


def _asked(html: str = "<p>x</p>", data: dict[str, Any] | None = None) -> Document:
    partner = make.partner()
    document = ask_for(
        DocumentKind.AGREEMENT,
        "A-9TW4HC",
        partner_id=partner.id,
        title="Referral agreement",
        html=html,
        now=NOON,
        data=data,
    )
    db.session.commit()
    return document


def _found(document: Document) -> Document:
    db.session.expunge_all()
    found = queries.document_of(document.kind, document.ref, partner_id=document.partner_id)
    assert found is not None
    return found


def test_what_is_asked_for_becomes_a_file(app: Flask) -> None:
    make.program()
    with app.test_request_context():
        html = render_template_string(PAGE)
    document = _asked(html, data={"rate_bp": 1000, "currency": "EUR"})
    assert jobs.due(NOON, 10) == [(document.id, 0)]
    jobs.attempt(document.id, 0, NOON)
    found = _found(document)
    assert (found.state, found.made_at) == (DocumentState.MADE, NOON)
    assert found.sha256 is not None
    pdf = PdfReader(BytesIO(storage.get(found.sha256)))
    assert "Ørsted & Søn pays ten per cent (10 %)." in pdf.pages[0].extract_text()
    assert json.loads(pdf.attachments["terms.json"][0]) == {"rate_bp": 1000, "currency": "EUR"}
    assert jobs.due(NOON + timedelta(days=1), 10) == []


def test_the_second_of_two_attempts_with_one_number_does_nothing() -> None:
    document = _asked()
    jobs.attempt(document.id, 0, NOON)
    made = _found(document).sha256
    jobs.attempt(document.id, 0, NOON + timedelta(hours=1))
    assert (_found(document).sha256, _found(document).made_at) == (made, NOON)


def test_a_document_that_cannot_be_set_is_tried_later_and_says_why() -> None:
    document = _asked("x" * (MOST_BYTES + 1))
    jobs.attempt(document.id, 0, NOON)
    found = _found(document)
    assert (found.state, found.attempts) == (DocumentState.PENDING, 1)
    assert "is the most" in found.error
    assert found.next_at > NOON


def test_a_record_has_one_document_of_a_kind() -> None:
    document = _asked()
    with pytest.raises(IntegrityError):
        ask_for(document.kind, document.ref, partner_id=document.partner_id, title="x", html="x", now=NOON)


def test_another_companys_document_is_not_found() -> None:
    document = _asked()
    assert queries.document_of(document.kind, document.ref, partner_id=make.partner().id) is None


def test_only_a_document_that_was_given_up_is_asked_for_again() -> None:
    document = _asked()
    with pytest.raises(Refused):
        ask_again(document, now=NOON)
    db.session.execute(all_partners(sa.update(Document).values(state=DocumentState.DEAD), "test"))
    db.session.commit()
    assert jobs.due(NOON, 10) == []
    ask_again(_found(document), now=NOON)
    db.session.commit()
    assert jobs.due(NOON, 10) == [(document.id, 0)]
