"""A copy of the record for a spreadsheet: what was filtered, no more, and that it was taken is on record itself."""

import csv
import io
import tracemalloc
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.activity import export, record, rules
from portal.activity.models import EventRow
from portal.auth.rules import Role
from portal.extensions import db
from portal.scope import all_partners
from tests.activity.happenings import discarded, opened, recorded, withdrew
from tests.support import make
from tests.support.client import Client


@pytest.fixture
def auditor(client: Client) -> Client:
    make.program()
    return client.as_(make.staff(Role.AUDITOR, name="Audrey Blake"))


def exported(auditor: Client, **asked: Any) -> list[dict[str, str]]:
    response = auditor.post("/staff/activity/export", data=asked)
    assert response.status_code == 200, response.text
    assert response.mimetype == "text/csv"
    assert response.headers["Content-Disposition"].startswith("attachment")
    return list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"))))


def _last_event() -> EventRow:
    latest = sa.select(EventRow).order_by(EventRow.seq.desc()).limit(1)
    return db.session.scalars(all_partners(latest, "a test")).one()


def test_it_holds_what_was_filtered_in_the_readers_time(auditor: Client) -> None:
    company = make.partner(name="Brightwater Consulting")
    sam = make.staff(name="Sam Ortega")
    recorded(opened(sam, partner_id=company.id), discarded(sam), withdrew(sam))
    (row,) = exported(auditor, kind="agreements", company="bright")
    assert row == {
        "No.": "1",
        "When": "2026-11-18 12:00:00+01:00",
        "Who": "Sam Ortega",
        "What": "Sam Ortega opened the agreement.",
        "Kind": "Agreement viewed",
        "Reference": "A-222222",
        "Company": "Brightwater Consulting",
        "Company's reference": company.ref,
    }


def test_that_it_was_taken_is_on_record_and_not_in_it(auditor: Client) -> None:
    sam = make.staff(name="Sam Ortega")
    recorded(opened(sam))
    assert [row["Who"] for row in exported(auditor, person="sam", kind="agreements")] == ["Sam Ortega"]
    event = _last_event()
    assert event.kind == "RecordExported"
    assert event.body["of_user_id"] == sam.id
    assert "AgreementViewed" in event.body["kinds"]
    assert len(exported(auditor)) == 2
    assert [row["What"] for row in exported(auditor)][:2] == ["Audrey Blake exported a part of this record."] * 2


def test_what_a_spreadsheet_would_run_is_disarmed(auditor: Client) -> None:
    recorded(opened(make.staff(name='=HYPERLINK("http://evil")')))
    (row,) = exported(auditor)
    assert row["Who"].startswith("'=")


def test_it_is_cut_with_a_sentence(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (record, export):
        monkeypatch.setattr(module, "MOST_EXPORTED", 5)
    monkeypatch.setattr(record, "AT_A_TIME", 2)
    sam = make.staff()
    recorded(*(opened(sam) for _ in range(6)))
    rows = exported(auditor)
    assert [row["No."] for row in rows[:5]] == ["6", "5", "4", "3", "2"]
    assert rows[5]["No."].startswith("Cut here")
    assert len(rows) == 6


def test_it_goes_out_in_pieces_and_holds_no_more_than_one(
    auditor: Client, monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    sam = make.staff()
    recorded(*(opened(sam) for _ in range(600)))
    monkeypatch.setattr(record, "AT_A_TIME", 100)
    assert [int(row["No."]) for row in exported(auditor)] == list(range(600, 0, -1))

    def held(at_a_time: int) -> int:
        monkeypatch.setattr(record, "AT_A_TIME", at_a_time)
        tracemalloc.start()
        for _ in record.everything(sam, rules.Wanted(), 600):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    with app.test_request_context():
        held(600)  # what is kept for the next time is kept now
        assert held(20) < held(600) / 2


def test_it_is_refused_where_it_is_not_clear_what_is_meant(auditor: Client) -> None:
    assert auditor.post("/staff/activity/export", data={"person": "nobody at all"}).status_code == 422
