"""A restored backup forgets again who was erased since it was made."""

import json
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock, worker
from portal.config import Settings
from portal.extensions import db
from portal.privacy import actions, erasing, listing
from portal.privacy.models import Erasure
from portal.privacy.rules import JobState, Reason, Subject
from portal.scope import all_partners
from tests.privacy import canary
from tests.privacy.canary import EMAIL, NAME, WORDS
from tests.privacy.people import a_lead, account, begin, contact
from tests.support import sales
from tests.support.proof import nothing_broken

on_sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture
def settings(app: Flask) -> Settings:
    return begin(app)


def erase(app: Flask, subject: Subject, ref: str) -> None:
    actions.ask_for_erasure(None, subject, ref, reason=Reason.CONSENT, now=clock.now())
    db.session.commit()
    worker.run_until_idle(app, clock.now())


def test_the_list_holds_references_and_digests_only(app: Flask, settings: Settings) -> None:
    referral = sales.referral(a_lead(), **contact()).ref
    erase(app, Subject.PROSPECT, referral)
    (line,) = (settings.home / "erasures.jsonl").read_text().splitlines()
    assert not [word for word in WORDS if word.lower() in line.lower()]
    entry = json.loads(line)
    assert (entry["subject"], entry["refs"]) == ("prospect", [referral])
    assert entry["digest"] == listing.digest_of(EMAIL.upper(), entry["salt"])
    assert entry["digest"] != listing.digest_of("other@words.example", entry["salt"])


@on_sqlite
def test_a_restored_database_forgets_again(app: Flask, settings: Settings, tmp_path: Path) -> None:
    user = a_lead(name=NAME, email="other.quillfeather@canary.example").ref
    referral = sales.referral(a_lead(), **contact()).ref
    database = db.engine.url.database or ""
    db.session.commit()
    db.engine.dispose()
    shutil.copyfile(database, tmp_path / "backup.sqlite")
    erase(app, Subject.PROSPECT, referral)
    erase(app, Subject.USER, user)
    kept = list(listing.read(listing.path()))
    db.session.remove()
    db.engine.dispose()
    for ending in ("-wal", "-shm"):
        Path(f"{database}{ending}").unlink(missing_ok=True)
    shutil.copyfile(tmp_path / "backup.sqlite", database)
    listing.path().unlink()
    assert canary.traces(settings) != []
    assert erasing.apply_again(kept, clock.now()) == 2
    assert canary.traces(settings) == []
    assert account(user).erased_at is not None
    states = set(db.session.scalars(all_partners(sa.select(Erasure.state), "a test")))
    assert states == {JobState.DONE}
    assert [each.ref for each in listing.read(listing.path())] == [each.ref for each in kept]
    nothing_broken()


@on_sqlite
def test_what_a_backup_has_forgotten_already_is_no_trouble(app: Flask, settings: Settings) -> None:
    referral = sales.referral(a_lead(), **contact()).ref
    erase(app, Subject.PROSPECT, referral)
    kept = list(listing.read(listing.path()))
    assert erasing.apply_again(kept, clock.now()) == 1
    nothing_broken()


def test_a_line_that_a_crash_cut_off_is_left_out(app: Flask, settings: Settings) -> None:
    erase(app, Subject.PROSPECT, sales.referral(a_lead(), **contact()).ref)
    with listing.path().open("a") as file:
        file.write('{"ref": "E-2222')
    assert len(list(listing.read(listing.path()))) == 1
