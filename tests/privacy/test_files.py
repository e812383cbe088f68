"""Files in a contact's copy are listed, and go along once somebody has looked at them."""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from portal import clock, person, storage, worker
from portal.activity.models import EventRow
from portal.auth.models import User
from portal.auth.rules import Role
from portal.config import Settings
from portal.conversation import actions as conversation
from portal.conversation.file_rules import look
from portal.conversation.models import MessageFile
from portal.evidence import actions as evidence
from portal.evidence.files import offered
from portal.evidence.models import EvidencePiece
from portal.extensions import db
from portal.privacy import packing
from portal.privacy.files import LATER, WITHIN, File
from portal.privacy.handed import with_copy
from portal.privacy.models import PersonExport
from portal.privacy.rules import Subject
from portal.referrals.models import Referral
from portal.scope import all_partners
from tests.evidence.letters import PNG
from tests.privacy.canary import EMAIL
from tests.privacy.people import a_lead, begin, contact
from tests.support import agreements, make, sales
from tests.support.client import client_of

on_sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
TEXT = b"Ask Tom Rask."


@pytest.fixture
def settings(app: Flask) -> Settings:
    return begin(app)


def with_files() -> tuple[Referral, str, str]:
    """An introduction, and the references of a proof and of a file that went with a message."""
    lead = a_lead()
    sent = sales.referral(lead, **contact())
    attach(lead, sent)
    db.session.commit()
    return sent, ref_of_the(EvidencePiece), ref_of_the(MessageFile)


def ref_of_the(only: type[EvidencePiece | MessageFile]) -> str:
    return str(db.session.scalar(all_partners(sa.select(only.ref), "a test")))


def attach(by: User, sent: Referral) -> None:
    evidence.add(
        by, evidence.introduced(sent), evidence.Proof([offered("Tom.png", PNG + by.email.encode())]), now=clock.now()
    )
    conversation.write(by, sent, text="See", now=clock.now(), files=[look("Tom.txt", TEXT)])


def papers(copy: bytes) -> list[str]:
    return sorted(name for name in zipfile.ZipFile(io.BytesIO(copy)).namelist() if name.startswith("papers/"))


def recorded() -> list[tuple[int | None, str, str]]:
    """Who let which file go along, on the record of which referral."""
    events = sa.select(EventRow).where(EventRow.kind == "FileReleased").order_by(EventRow.seq)
    rows = db.session.scalars(all_partners(events, "a test"))
    return [(row.by_id, row.ref, row.body["file_ref"]) for row in rows]


@pytest.mark.parametrize(
    ("is_own", "released", "said", "paper"),
    [
        (False, [], LATER, "MF-1.txt"),
        (False, ["MF-2"], LATER, "MF-1.txt"),
        (False, ["MF-1"], WITHIN, "MF-1.txt"),
        (True, [], WITHIN, "MF-1 a b.txt"),
    ],
)
def test_a_file_of_others_goes_along_once_it_was_looked_at(
    is_own: bool, released: Sequence[str], said: str, paper: str
) -> None:
    file = File(
        ref="MF-1",
        referral="R-1",
        name="a b.txt",
        at=make.NOON,
        media_type="text/plain",
        size=3,
        sha256="00",
        is_own=is_own,
    )
    assert file.goes_along(released) is (said == WITHIN)
    assert file.listed(released) == {
        "ref": "MF-1",
        "introduction": "R-1",
        "name": "a b.txt",
        "added_at": make.NOON,
        "kind": "TXT",
        "size": 3,
        "sha256": "00",
        "handed_over": said,
    }
    assert file.paper == paper


def test_a_copy_lists_every_file_and_has_the_released_and_the_persons_own(settings: Settings) -> None:
    sent, proof, attached = with_files()
    people = [(Subject.PROSPECT, sent.ref)]
    held_back = packing.package(people, clock.now(), lambda _: b"%PDF")
    listed = zipfile.ZipFile(io.BytesIO(held_back)).read("csv/files.csv").decode()
    told = {row["ref"]: (row["kind"], row["handed_over"]) for row in csv.DictReader(io.StringIO(listed))}
    assert told == {proof: ("PNG", LATER), attached: ("TXT", LATER)}
    assert papers(held_back) == []
    released = packing.package(people, clock.now(), lambda _: b"%PDF", [attached])
    assert papers(released) == [f"papers/{attached}.txt"]
    assert zipfile.ZipFile(io.BytesIO(released)).read(f"papers/{attached}.txt") == TEXT
    attach(make.partner_user(Role.PARTNER_ADMIN, partner_id=sent.partner_id, email=EMAIL), sent)
    own = papers(packing.package(people, clock.now(), lambda _: b"%PDF"))
    assert [name.partition(" ")[2] for name in own] == ["Tom.png", "Tom.txt"]


@on_sqlite
def test_whoever_makes_a_copy_ticks_what_they_looked_at(app: Flask, settings: Settings) -> None:
    sent, proof, attached = with_files()
    ref, admin = sent.ref, agreements.admin(has_password=True)
    page, url = client_of(app).as_(admin), f"/staff/privacy/people/{ref}"
    shown = page.get(url).text
    for address in (f"/staff/referrals/{ref}/evidence/{proof}", f"/staff/referrals/files/{attached}"):
        assert f'href="{address}"' in shown
        assert page.get(address).status_code == 200
    assert (
        "EV-NONE is no file"
        in page.post(f"{url}/copies", data={"file": [proof, "EV-NONE"]}, follow_redirects=True).text
    )
    assert db.session.scalar(sa.select(PersonExport)) is None
    assert page.post(f"{url}/copies", data={"file": [proof]}).status_code == 303
    db.session.commit()
    worker.run_until_idle(app, clock.now())
    made = db.session.scalars(sa.select(PersonExport.sha256)).one() or ""
    assert papers(storage.get(made)) == [f"papers/{proof}.png"]
    assert recorded() == [(admin.id, ref, proof)]
    ready = page.get(url).text
    assert "1 of 2 went along" in ready
    assert f"{proof} · {admin.name} looked at it and let it go along, <time" in ready
    assert f"{attached} · It may name others, and nobody has looked at it for this copy." in ready


@on_sqlite
def test_the_command_is_told_which_files_and_by_whom(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(person, "app", lambda: app)
    sent, proof, attached = with_files()
    ref, admin, other = sent.ref, agreements.admin(), make.staff(Role.QUALIFIER)
    db.session.commit()
    file = tmp_path / "copy.zip"
    cases: list[tuple[list[str], str]] = [
        (["--with-file", proof], "Say with --by"),
        (["--with-file", proof, "--by", other.email], "Say with --by"),
        (["--with-file", "MF-NONE", "--by", admin.email], "MF-NONE is no file"),
    ]
    for given, why in cases:
        refused = CliRunner().invoke(person.main, ["export", EMAIL, str(file), *given])
        assert (refused.exit_code, why in refused.output, file.exists()) == (1, True, False), refused.output
    both = ["--with-file", proof, "--with-file", attached, "--by", admin.email]
    done = CliRunner().invoke(person.main, ["export", EMAIL, str(file), *both])
    assert done.exit_code == 0, done.output
    assert papers(file.read_bytes()) == [f"papers/{proof}.png", f"papers/{attached}.txt"]
    assert recorded() == [(admin.id, ref, proof), (admin.id, ref, attached)]


def a_file(ref: str, *, is_own: bool = False, at: datetime = make.NOON) -> File:
    return File(ref=ref, referral="R-1", name=ref, at=at, media_type="text/plain", size=3, sha256="00", is_own=is_own)


def test_of_each_file_it_is_said_whether_it_went_along_and_why() -> None:
    minute = timedelta(minutes=1)
    copy = PersonExport(ref="X-1", released=["MF-1", "MF-0"], created_at=make.NOON, made_at=make.NOON + minute)
    late = make.NOON + 2 * minute
    held = [a_file("MF-2"), a_file("MF-1"), a_file("MF-3", is_own=True), a_file("MF-4", is_own=True, at=late)]
    said = {each.ref: (each.is_in_it, each.why, each.at) for each in with_copy(copy, held, "Ada")}
    assert list(said) == ["MF-1", "MF-3", "MF-0", "MF-2", "MF-4"]
    assert said["MF-1"] == said["MF-0"] == (True, "Ada looked at it and let it go along", make.NOON)
    assert said["MF-3"] == (True, "Added by the person", make.NOON)
    assert said["MF-2"][:2] == (False, "It may name others, and nobody has looked at it for this copy")
    assert said["MF-4"] == (False, "Added after the copy was made", late)
