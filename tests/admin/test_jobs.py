import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import attempts, clock
from portal.activity.models import EventRow
from portal.auth.rules import STAFF_ROLES, Role
from portal.documents.actions import ask_for
from portal.documents.models import Document
from portal.documents.rules import DocumentKind, DocumentState
from portal.extensions import db
from portal.notifications.actions import write_to
from portal.notifications.models import Delivery
from portal.notifications.rules import DeliveryState
from portal.scope import all_partners
from tests.support import make
from tests.support.client import Client

READERS = {Role.PROGRAM_ADMIN, Role.AUDITOR}


def _mail(state: DeliveryState = DeliveryState.DEAD) -> Delivery:
    delivery = write_to("ana@brightwater.example", "Received: Nordlys AS", ["We have it."], now=make.NOON)
    delivery.state, delivery.error = state, "connection refused"
    db.session.commit()
    return delivery


def _document(state: DocumentState = DocumentState.DEAD) -> Document:
    document = ask_for(
        DocumentKind.STATEMENT,
        "S-7F3KQ2",
        partner_id=make.partner().id,
        title="Statement S-7F3KQ2",
        html="<p>Due</p>",
        now=make.NOON,
    )
    document.state, document.error = state, "no fonts"
    db.session.commit()
    return document


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_jobs_are_open_to_those_who_keep_the_portal_running(client: Client, role: Role) -> None:
    make.program()
    assert client.as_(make.staff(role)).get("/staff/jobs/").status_code == (200 if role in READERS else 403)


def test_what_could_not_leave_is_shown_with_its_reason(client: Client) -> None:
    make.program()
    mail, document = _mail(), _document()
    page = client.as_(make.staff(Role.PROGRAM_ADMIN)).get("/staff/jobs/").text
    assert "2 could not be delivered" in page
    assert "connection refused" in page
    assert "no fonts" in page
    assert f"/staff/jobs/mails/{mail.message_id}/resending" in page
    assert f"/staff/jobs/documents/statement/{document.ref}/remaking" in page


def test_an_auditor_sees_it_and_cannot_send_it(client: Client) -> None:
    make.program()
    mail = _mail()
    auditor = client.as_(make.staff(Role.AUDITOR))
    assert "resending" not in auditor.get("/staff/jobs/").text
    assert auditor.post(f"/staff/jobs/mails/{mail.message_id}/resending").status_code == 403


def test_a_mail_that_was_given_up_is_sent_again_once(client: Client) -> None:
    make.program()
    url = f"/staff/jobs/mails/{_mail().message_id}/resending"
    admin = client.as_(make.staff(Role.PROGRAM_ADMIN))
    assert admin.post(url).status_code == 303
    delivery = db.session.scalars(all_partners(sa.select(Delivery), "test")).one()
    assert (delivery.state, delivery.error) == (DeliveryState.PENDING, "")
    assert admin.post(url).status_code == 409
    assert list(db.session.scalars(all_partners(sa.select(EventRow.kind), "test"))) == ["MessageSentAgain"]


def test_a_document_that_was_given_up_is_made_again(client: Client) -> None:
    make.program()
    url = f"/staff/jobs/documents/statement/{_document().ref}/remaking"
    assert client.as_(make.staff(Role.PROGRAM_ADMIN)).post(url).status_code == 303
    document = db.session.scalars(all_partners(sa.select(Document), "test")).one()
    assert document.state is DocumentState.PENDING


@pytest.mark.parametrize(
    "url",
    [
        "/staff/jobs/mails/ffff/resending",
        "/staff/jobs/documents/statement/S-222222/remaking",
        "/staff/jobs/documents/novel/S-222222/remaking",
    ],
)
def test_what_is_not_there_is_not_found(client: Client, url: str) -> None:
    make.program()
    assert client.as_(make.staff(Role.PROGRAM_ADMIN)).post(url).status_code == 404


def test_a_worker_that_is_silent_stands_on_the_page_in_red(app: Flask, client: Client) -> None:
    make.program()
    sign: Path = app.config["SETTINGS"].home / attempts.HEARTBEAT
    admin = client.as_(make.staff(Role.PROGRAM_ADMIN))
    sign.touch()
    try:
        assert "The worker was seen <time" in admin.get("/staff/jobs/").text
        long_ago = (clock.now() - timedelta(hours=2)).timestamp()
        os.utime(sign, (long_ago, long_ago))
        assert "The worker was last seen" in admin.get("/staff/jobs/").text
    finally:
        sign.unlink()


def test_without_a_worker_here_what_lies_undone_tells(client: Client) -> None:
    make.program()
    admin = client.as_(make.staff(Role.PROGRAM_ADMIN))
    assert "No worker" not in admin.get("/staff/jobs/").text
    _mail(DeliveryState.PENDING)
    page = admin.get("/staff/jobs/").text
    assert "No worker takes what waits here" in page
    assert "try 1" in page


@pytest.mark.parametrize(
    ("seen", "waits", "silent"),
    [(1, None, False), (1, 60, False), (60, None, True), (None, None, False), (None, 1, False), (None, 60, True)],
)
def test_silence_is_told_by_the_sign_of_life_or_by_what_waits(
    seen: int | None, waits: int | None, silent: bool
) -> None:
    def at(minutes: int | None) -> datetime | None:
        return None if minutes is None else make.NOON - timedelta(minutes=minutes)

    assert attempts.is_silent(at(seen), at(waits), make.NOON) is silent
