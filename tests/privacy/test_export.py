"""A copy of everything: tables, data and PDFs, for whoever asked, for seven days."""

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from portal import clock, person, storage, worker
from portal.auth.rules import Role
from portal.auth.sessions import open_session
from portal.config import Settings
from portal.extensions import db
from portal.notifications.actions import write_to
from portal.privacy import actions
from portal.privacy.gathering import SECRETS
from portal.privacy.models import PersonExport
from portal.privacy.rules import EXPORT_DAYS, JobState, Subject
from tests.privacy import canary
from tests.privacy.canary import EMAIL, NAME, PHONE
from tests.privacy.people import a_lead, begin, company, contact
from tests.support import agreements, make, sales

on_sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture
def settings(app: Flask) -> Settings:
    return begin(app)


def exported(app: Flask, subject: Subject, ref: str) -> zipfile.ZipFile:
    actions.ask_for_export(agreements.admin(), subject, ref, now=clock.now())
    db.session.commit()
    worker.run_until_idle(app, clock.now())
    export = latest()
    assert export.state is JobState.DONE, export.error
    return zipfile.ZipFile(io.BytesIO(storage.get(export.sha256 or "")))


def latest() -> PersonExport:
    newest = sa.select(PersonExport).order_by(PersonExport.id.desc()).limit(1)
    return db.session.scalars(newest.execution_options(populate_existing=True)).one()


def test_a_contact_gets_every_introduction_and_what_became_of_it(app: Flask, settings: Settings) -> None:
    deal = sales.qualified(a_lead(), **contact(need="=HYPERLINK(1)"))
    referral = sales.referral(a_lead(), **contact()).ref
    write_to("other@words.example", "A call", [f"It was from {PHONE}."], now=clock.now())
    opened = deal.ref
    file = exported(app, Subject.PROSPECT, referral)
    held = json.loads(file.read("everything.json"))
    assert (held["name"], held["email"]) == (NAME, EMAIL)
    told = held["held"]["referrals"]["rows"]
    assert len(told) == 2
    assert {row["contact_phone"] for row in told} == {PHONE}
    assert "Art. 6(1)(a)" in held["held"]["referrals"]["why"]
    assert held["held"]["deals"]["rows"][0]["ref"] == opened
    assert any(PHONE in str(row["said"]) for row in held["held"]["mentions"]["rows"])
    rows = list(csv.DictReader(io.StringIO(file.read("csv/referrals.csv").decode())))
    assert {row["contact_name"] for row in rows} == {NAME}
    assert any(row["need"].startswith("'=") for row in rows), "a spreadsheet would have run it"
    assert file.read("about.pdf").startswith(b"%PDF")


def test_an_account_gets_all_but_its_secrets(app: Flask, settings: Settings) -> None:
    partner = agreements.company()
    signer = agreements.signatory(partner, name=NAME, email=EMAIL, has_password=True)
    agreement = agreements.sent(partner)
    agreements.signed(agreement, signer)
    open_session(signer, clock.now(), user_agent="Firefox", address="203.0.113.9")
    signed, ref = agreement.ref, signer.ref
    db.session.commit()
    worker.run_until_idle(app, clock.now())
    file = exported(app, Subject.USER, ref)
    text = file.read("everything.json").decode()
    held = json.loads(text)["held"]
    assert held["login-sessions"]["rows"][0]["address"] == "203.0.113.9"
    assert held["signatures"]["rows"][0]["agreement"] == signed
    assert held["activity"]["rows"]
    assert "$argon2id$" not in text
    assert not SECRETS & {name for part in held.values() for row in part["rows"] for name in row}
    assert file.read(f"papers/{signed}.pdf").startswith(b"%PDF")


@on_sqlite
def test_a_copy_is_taken_away_after_its_days(app: Flask, settings: Settings) -> None:
    exported(app, Subject.PROSPECT, sales.referral(a_lead(), **contact()).ref)
    sha256 = latest().sha256 or ""
    db.session.commit()
    worker.run_until_idle(app, clock.now() + timedelta(days=EXPORT_DAYS, minutes=-1))
    assert storage.exists(sha256)
    worker.run_until_idle(app, clock.now() + timedelta(days=EXPORT_DAYS, minutes=1))
    assert latest().state is JobState.GONE
    assert not storage.exists(sha256)


@on_sqlite
def test_asked_twice_it_is_made_once(app: Flask, settings: Settings) -> None:
    admin, ref = agreements.admin(), sales.referral(a_lead(), **contact()).ref
    first = actions.ask_for_export(admin, Subject.PROSPECT, ref, now=clock.now())
    assert actions.ask_for_export(admin, Subject.PROSPECT, ref, now=clock.now()) is first


@pytest.fixture
def command(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setattr(person, "app", lambda: app)
    return CliRunner()


@on_sqlite
def test_commands_export_and_erase_all_that_an_address_is(
    settings: Settings, command: CliRunner, tmp_path: Path
) -> None:
    make.partner_user(Role.PARTNER_ADMIN, partner_id=company().id, name=NAME, email=EMAIL)
    sales.referral(a_lead(), **contact())
    db.session.commit()
    file = tmp_path / "copy.zip"
    done = command.invoke(person.main, ["export", EMAIL.upper(), str(file)])
    assert done.exit_code == 0, done.output
    assert file.stat().st_mode & 0o777 == 0o600
    names = zipfile.ZipFile(file).namelist()
    assert {"user/about.pdf", "prospect/about.pdf", "prospect/csv/referrals.csv"} <= set(names)
    again = command.invoke(person.main, ["export", EMAIL, str(file)])
    assert (again.exit_code, "can't be written" in again.output) == (1, True)
    file.unlink()
    erased = command.invoke(person.main, ["erase", EMAIL, "--reason", "asked"])
    assert erased.exit_code == 0, erased.output
    assert canary.traces(settings) == []
    nobody = command.invoke(person.main, ["erase", EMAIL, "--reason", "asked"])
    assert nobody.exit_code == 1
    assert nobody.output.strip() == f"Error: Nothing is held of {EMAIL}."
    assert command.invoke(person.main, ["erase", EMAIL]).exit_code == 2


@on_sqlite
def test_the_program_hands_it_on_to_a_process_of_its_own(app: Flask, settings: Settings) -> None:
    given = {"PORTAL_HOME": str(settings.home), "PORTAL_DATABASE_URL": settings.database_url}
    keys = {"PORTAL_SECRET_KEY": settings.secret_key, "PORTAL_FIELD_KEYS": settings.field_keys}
    db.session.commit()
    for words, code, said in (
        (["erase", "nobody@words.example", "--reason", "asked"], 1, "Error: Nothing is held of nobody@words.example."),
        (["erase", "nobody@words.example"], 2, "Missing option '--reason'"),
        (["--help"], 0, "Write everything that is held of a person"),
    ):
        command = [sys.executable, "-m", "portal.cli", "person", *words]
        done = subprocess.run(command, env=os.environ | given | keys, capture_output=True, text=True, check=False)
        assert (done.returncode, said in done.stdout + done.stderr) == (code, True), done.stderr
