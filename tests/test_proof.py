"""The proof finds what is broken: each claim is broken here once, past the program, and has to be named."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import proof, storage
from portal.activity.models import EventHead
from portal.documents.models import Document
from portal.documents.rules import DocumentKind, DocumentState
from portal.events import Event, publish
from portal.extensions import db
from portal.proof import broken
from tests.support import fees, make
from tests.support.past_the_guards import tampered


class KettleBoiled(Event):
    sentence = "The kettle boiled."


def boil(times: int = 3) -> None:
    for _ in range(times):
        publish(KettleBoiled(by=None, at=make.NOON, ref="K-1"))
    db.session.commit()


def test_a_fresh_program_is_whole(app: Flask) -> None:
    assert not list(broken())


def test_what_is_not_committed_is_not_looked_at_and_holds_nothing_up(app: Flask) -> None:
    boil()
    db.session.execute(sa.update(EventHead).values(seq=7))
    assert not list(broken())
    db.session.rollback()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE events SET ref = 'K-2' WHERE seq = 2", "Event 2 (KettleBoiled of K-2) was changed"),
        ("DELETE FROM events WHERE seq = 2", "Event 2 is missing"),
        ("DELETE FROM events WHERE seq = 3", "ends at 2, but its head says 3"),
        ("UPDATE events SET prev = '' WHERE seq = 2", "Event 2 (KettleBoiled of K-1) does not continue"),
        ("UPDATE event_head SET hash = ''", "ends at 3, but its head says 3"),
    ],
)
def test_an_event_that_was_tampered_with_is_named(app: Flask, change: str, named: str) -> None:
    boil()
    assert not list(broken())
    tampered(change)
    assert any(named in sentence for sentence in broken())


def made_document(sha256: str) -> None:
    values = {
        "created_at": make.NOON,
        "next_at": make.NOON,
        "give_up_at": make.NOON,
        "attempts": 1,
        "made_at": make.NOON,
    }
    what = {"kind": DocumentKind.STATEMENT, "ref": "S-222222", "title": "A statement", "html": "<p>…</p>"}
    make.saved(
        Document(partner_id=fees.company().id, state=DocumentState.MADE, sha256=sha256, size=4, **what, **values)
    )


def test_a_document_whose_file_is_missing_is_named(app: Flask) -> None:
    made_document("0" * 64)
    assert [sentence for sentence in broken() if "S-222222 is missing" in sentence]


def test_a_document_whose_file_is_there_is_fine(app: Flask) -> None:
    made_document(storage.put(b"%PDF", "application/pdf").sha256)
    assert not [sentence for sentence in broken() if "S-222222" in sentence]


def test_a_claim_that_cannot_be_looked_at_is_not_taken_for_one_that_holds(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask_for_a_table_that_is_not_there(connection: sa.Connection) -> Iterator[str]:
        yield from (str(row) for row in connection.exec_driver_sql("SELECT * FROM kettles"))

    monkeypatch.setattr(proof, "CHECKS", [proof.Check("All kettles boil", ask_for_a_table_that_is_not_there)])
    assert [sentence for sentence in broken() if sentence.startswith("Could not look whether “All kettles boil”")]


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # PostgreSQL can't be talked into one
def test_a_reference_into_nothing_is_named(app: Flask) -> None:
    tampered("INSERT INTO role_grants (user_id, role, granted_at) VALUES (99, 'auditor', '2026-01-01')")
    assert [sentence for sentence in broken() if "role_grants points at a row of users" in sentence]


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)  # SQLite's triggers can't be switched off
def test_a_guard_that_is_switched_off_is_named(app: Flask) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE transfers DISABLE TRIGGER guard_transfers_update")
    assert [sentence for sentence in broken() if "guard_transfers_update" in sentence]
