"""Many referrals from a list: sent once, with a report to put right."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from portal import clock, storage, worker
from portal.auth.models import User
from portal.auth.rules import Role
from portal.errors import Refused
from portal.extensions import db
from portal.fields import actions as fields
from portal.fields.rules import Kind
from portal.partners.models import Partner
from portal.referrals import actions, import_rows, importing
from portal.referrals.import_models import ReferralImport
from portal.scope import all_partners
from portal.seeds import referral_files
from tests.referrals.sheets import GOOD, HEAD, OTHER, changed, rows
from tests.referrals.test_pages import sent_rows
from tests.support import make, sales
from tests.support.client import Client
from tests.support.proof import broken_of_deals


@pytest.fixture
def ana(app: Flask) -> User:
    sales.program()
    make.staff(Role.SALES_OWNER)
    return sales.lead(name="Ana Ferreira")


def looked(by: User, *lines: str, head: str = HEAD) -> ReferralImport:
    found = importing.look(by, "\n".join([head, *lines]).encode(), "list.csv", now=clock.now())
    db.session.commit()
    return found


def sent(by: User, *lines: str, head: str = HEAD) -> ReferralImport:
    found = looked(by, *lines, head=head)
    importing.send(by, found, consent=True, now=clock.now())
    db.session.commit()
    return found


def counts(found: ReferralImport) -> tuple[int, int, int]:
    return found.sent, found.known, found.refused


def test_rows_that_are_ready_are_sent_and_the_others_reported(ana: User) -> None:
    found = sent(ana, GOOD, changed(website="", company="Broken"), OTHER)
    assert counts(found) == (2, 0, 1)
    assert [each.company for each in sent_rows()] == ["Nordlys AS", "Vetter GmbH"]
    assert [each.notes for each in importing.results(found)] == [[], ["Website: Nothing stands there."], []]
    assert broken_of_deals() == []


def test_the_same_list_twice_changes_nothing(ana: User) -> None:
    sent(ana, GOOD, OTHER)
    withdrawn = sent_rows()[0]
    actions.withdraw(ana, withdrawn, seen_version=withdrawn.version, now=clock.now())
    db.session.commit()
    assert counts(sent(ana, GOOD, OTHER)) == (0, 2, 0)
    assert len(sent_rows()) == 2
    assert counts(sent(ana, changed(need="Something new"))) == (1, 0, 0), "another row about it is another matter"


def test_what_was_introduced_already_is_known(ana: User) -> None:
    before = sales.referral(ana, clock.now(), website="nordlys.example")
    (row,) = importing.results(sent(ana, GOOD))
    assert (row.result, row.referral_ref) == ("known", before.ref)
    assert row.notes == [f"You referred them already: {before.ref}."]


def test_the_report_is_put_right_and_sent_again(ana: User) -> None:
    found = sent(
        ana, f"{GOOD},+47 22 22 22 22", f"{changed(timing='soon', website='two.example')},=1+1", head=f"{HEAD},phone"
    )
    report = importing.report(found, clock.now()).decode()
    lines = list(csv.DictReader(io.StringIO(report)))
    assert [each["result"] for each in lines] == ["sent", "refused"]
    assert lines[1]["what to do"].startswith("Timing: “soon” is none of")
    assert lines[1]["contact_phone"].startswith("'=")
    again = importing.look(ana, report.replace("soon", "later").encode(), "again.csv", now=clock.now())
    importing.send(ana, again, consent=True, now=clock.now())
    assert counts(again) == (1, 1, 0)


def test_a_question_that_is_asked_reaches_the_referral_the_report_and_the_page(client: Client, ana: User) -> None:
    admin = make.staff(Role.PROGRAM_ADMIN)
    plants = {"label": "How many plants?", "hint": "", "kind": Kind.NUMBER, "choices": (), "required": True}
    fields.add(admin, **plants, now=clock.now())  # type: ignore[arg-type]
    db.session.commit()
    found = sent(ana, f"{GOOD},12", f"{OTHER},", head=f"{HEAD},How many plants?")
    assert counts(found) == (1, 0, 1)
    assert [each["value"] for each in sent_rows()[0].more_answers or ()] == ["12"]
    report = importing.report(found, clock.now()).decode()
    again = importing.look(ana, report.replace("Ute Vetter", "Uta Vetter").encode(), "x.csv", now=clock.now())
    assert ("How many plants?" in report.splitlines()[0], again.ready) == (True, 0)
    page = client.as_(ana).get("/referrals/import").text
    assert "<dt>How many plants? <strong>needed</strong></dt>" in page
    assert "How many plants?" in client.get("/referrals/import/template").text


def test_what_looks_like_another_row_or_ones_own_is_a_hint(ana: User) -> None:
    sales.referral(ana, clock.now(), company="Vetter GmbH", website="vettergmbh.example")
    sales.referral(sales.lead(), clock.now(), company="Nordlys AS", website="nordlys-group.example")
    second = changed(company="Nordlys", website="nordlys-as.example")
    found = looked(ana, GOOD, second, OTHER)
    said = [importing.sentences(each) for each in importing.rows_of(found, clock.now())]
    assert said[0] == [], "nothing is told of what others referred"
    assert said[1][0].startswith("It looks like row 2")
    assert said[2][0].startswith("It looks like R-")
    assert all(each.is_ready for each in importing.rows_of(found, clock.now()))


def test_a_day_has_its_limit(ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "MOST_A_DAY", 1)
    found = looked(ana, GOOD, OTHER)
    with pytest.raises(Refused, match="1 are left today"):
        importing.send(ana, found, consent=True, now=clock.now())


def test_without_consent_or_twice_nothing_is_sent(ana: User) -> None:
    found = looked(ana, GOOD)
    with pytest.raises(Refused, match="Without their consent"):
        importing.send(ana, found, consent=False, now=clock.now())
    importing.send(ana, found, consent=True, now=clock.now())
    with pytest.raises(Refused, match="sent already"):
        importing.send(ana, found, consent=True, now=clock.now())


def test_day_people_and_words_make_a_note_of_it(ana: User) -> None:
    head = f"{HEAD},introduction,introduced_on,introduced_with"
    sent(ana, f"{GOOD},We called her,2026-11-02,Kari and Ana", head=head)
    assert sales.grade_of(sent_rows()[0]) == "C"


def upload(client: Client, data: bytes, name: str = "list.csv") -> TestResponse:
    return client.post("/referrals/import", data={"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")


def test_a_list_is_looked_at_confirmed_and_reported(client: Client, ana: User) -> None:
    answer = upload(client.as_(ana), f"{HEAD}\n{GOOD}\n{changed(website='')}".encode("utf-16"))
    page = client.get(answer.location).text
    assert "1 of 2 rows can be sent." in page
    assert "Website: Nothing stands there." in page
    assert sent_rows() == []
    refused = client.post(f"{answer.location}/confirmation")
    assert (refused.status_code, "Without their consent" in refused.text) == (422, True)
    page = client.post(f"{answer.location}/confirmation", data={"consent": "y"}, follow_redirects=True).text
    assert "One referral sent." in page
    (made,) = sent_rows()
    assert f"/referrals/{made.ref}" in page
    report = client.get(f"{answer.location}/report")
    assert report.headers["Content-Disposition"].startswith("attachment")
    assert "Nothing stands there." in report.text
    assert "list.csv" in client.get("/referrals/import").text
    assert client.get("/referrals/import/template").text.lstrip("\ufeff").startswith("company,website")


@pytest.mark.parametrize("data", [b"", b"\x00\x01", b"a,b\n1,2", b"\xff\xfe\x00", HEAD.encode(), b"PK\x03\x04rubbish"])
def test_a_file_that_is_no_list_comes_back_with_a_sentence(client: Client, ana: User, data: bytes) -> None:
    answer = upload(client.as_(ana), data)
    assert answer.status_code == 422
    assert 'class="error"' in answer.text


def test_a_list_is_its_companys(client: Client, ana: User) -> None:
    found = looked(ana, GOOD)
    member = make.partner_user(Role.PARTNER_MEMBER, partner_id=ana.partner_id)
    for other in (member, sales.lead()):
        assert client.as_(other).get(f"/referrals/import/{found.ref}").status_code == 404
        assert client.post(f"/referrals/import/{found.ref}/confirmation", data={"consent": "y"}).status_code == 404


def test_a_list_is_kept_for_a_month(app: Flask, client: Client, ana: User) -> None:
    ref, file = (found := sent(ana, GOOD)).ref, found.file_sha256 or ""
    worker.run_until_idle(app, clock.now() + timedelta(days=31))
    assert not storage.exists(file)
    assert "Nordlys AS" in client.as_(ana).get(f"/referrals/import/{ref}").text
    assert "Nordlys AS" in client.get(f"/referrals/import/{ref}/report").text


def test_the_command_sends_a_list_for_a_partner(ana: User, tmp_path: Path) -> None:
    found = sa.select(Partner.ref).where(Partner.id == ana.partner_id)
    ref, report = str(db.session.scalar(all_partners(found, "a test"))), tmp_path / "x.report.csv"
    told: dict[str, Any] = {"by": None, "consent": True, "now": clock.now()}
    said = referral_files.take_in(f"{HEAD}\n{GOOD}".encode(), "x.csv", report, partner=ref, **told)
    assert said.startswith("1 rows for Ana Ferreira: 1 sent, 0 known already, 0 refused.")
    assert "Nordlys AS" in report.read_text()
    again = referral_files.take_in(f"{HEAD}\n{GOOD}".encode(), "x.csv", report, partner=ref, **told)
    assert "0 sent, 1 known already" in again
    with pytest.raises(Refused, match="There is no partner P-222222"):
        referral_files.take_in(b"", "x.csv", report, partner="P-222222", **told)
    with pytest.raises(Refused, match="Without their consent"):
        referral_files.take_in(f"{HEAD}\n{GOOD}".encode(), "x.csv", report, partner=ref, **told | {"consent": False})


def test_a_number_of_people_is_short() -> None:
    (row,) = rows(f"{GOOD},{'0' * 11}1{'9' * 30}", head=f"{HEAD},employees")
    assert [name for name, _ in row.problems] == ["employees"]


def test_what_is_said_of_several_columns_is_said_once() -> None:
    row = import_rows.Row(2, {})
    row.problems += [
        ("", "Too many cells."),
        ("company", "Nothing stands there."),
        ("contact_name", "Nothing stands there."),
    ]
    assert importing.sentences(importing.Looked(row)) == [
        "Too many cells.",
        "Company, contact name: Nothing stands there.",
    ]
