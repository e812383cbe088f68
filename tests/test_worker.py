import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock, storage, worker
from portal.attempts import HEARTBEAT
from portal.config import Settings
from portal.documents import queries as documents
from portal.documents.actions import ask_for
from portal.documents.rules import DocumentKind
from portal.extensions import db
from portal.notifications.actions import write_to
from portal.notifications.models import Delivery
from portal.notifications.rules import DeliveryState
from portal.scope import all_partners
from tests.support import make
from tests.support.mail_server import mail_server

PAGE = '<!doctype html><html lang="en"><head><title>Agreement</title></head><body><p>Ten per cent</p></body></html>'
REF = "A-9TW4HC"
PATIENCE_S = 40


@contextmanager
def _working(app: Flask, home: Path, **environ: str) -> Iterator[subprocess.Popen[bytes]]:
    settings: Settings = app.config["SETTINGS"]
    given = {
        "PORTAL_HOME": str(home),
        "PORTAL_DATABASE_URL": settings.database_url,
        "PORTAL_SECRET_KEY": settings.secret_key,
        "PORTAL_FIELD_KEYS": settings.field_keys,
    }
    process = subprocess.Popen([sys.executable, "-m", "portal.worker"], env=os.environ | given | environ)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _wait_until(done: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < until, "it did not happen in time"
        db.session.rollback()
        time.sleep(0.1)


def _write(count: int) -> None:
    for number in range(count):
        write_to(f"ana+{number}@brightwater.example", "Received", ["We have it."], now=clock.now())
    db.session.commit()


def _ask() -> int:
    """Ask for a document. Returns the partner whose it is."""
    partner_id: int = make.partner().id
    ask_for(DocumentKind.AGREEMENT, REF, partner_id=partner_id, title="Agreement", html=PAGE, now=clock.now())
    db.session.commit()
    return partner_id


def _attempts_of(state: DeliveryState) -> list[int]:
    wanted = sa.select(Delivery.attempts).where(Delivery.state == state)
    return list(db.session.scalars(all_partners(wanted, "test")))


def _made(partner_id: int) -> str | None:
    db.session.expunge_all()
    found = documents.document_of(DocumentKind.AGREEMENT, REF, partner_id=partner_id)
    return found.sha256 if found else None


def test_it_sends_and_draws_what_is_due_and_ends_when_told(app: Flask, tmp_path: Path) -> None:
    make.program()
    _write(3)
    partner_id = _ask()
    with _working(app, tmp_path) as process:
        _wait_until(lambda: len(_attempts_of(DeliveryState.SENT)) == 3 and _made(partner_id) is not None)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 3
    made = _made(partner_id)
    assert made is not None
    assert (tmp_path / "files" / made[:2] / made).read_bytes().startswith(b"%PDF")
    assert (tmp_path / HEARTBEAT).exists()


def test_two_of_them_send_each_message_once(app: Flask, tmp_path: Path) -> None:
    make.program()
    _write(20)
    with mail_server() as (inbox, port):
        url = f"smtp://127.0.0.1:{port}"
        with (
            _working(app, tmp_path, PORTAL_MAIL_URL=url, PORTAL_WORKER_ID="one"),
            _working(app, tmp_path, PORTAL_MAIL_URL=url, PORTAL_WORKER_ID="two"),
        ):
            _wait_until(lambda: len(_attempts_of(DeliveryState.SENT)) == 20)
    assert len({message["Message-ID"] for message in inbox.received}) == len(inbox.received) == 20
    assert _attempts_of(DeliveryState.SENT) == [1] * 20


def test_one_starts_where_another_was_killed(app: Flask, tmp_path: Path) -> None:
    make.program()
    with _working(app, tmp_path):
        _wait_until((tmp_path / HEARTBEAT).exists)
    _write(1)
    with _working(app, tmp_path):
        _wait_until(lambda: _attempts_of(DeliveryState.SENT) == [1])


def test_one_beside_a_process_that_is_gone_ends(app: Flask, tmp_path: Path) -> None:
    settings: Settings = app.config["SETTINGS"]
    given = {"PORTAL_HOME": str(tmp_path), "PORTAL_DATABASE_URL": settings.database_url}
    keys = {"PORTAL_SECRET_KEY": settings.secret_key, "PORTAL_FIELD_KEYS": settings.field_keys}
    gone = [sys.executable, "-m", "portal.worker", "--beside", "1"]
    assert os.getpid() != 1
    assert subprocess.run(gone, env=os.environ | given | keys, timeout=PATIENCE_S, check=False).returncode == 0


def test_it_says_in_one_line_why_it_cannot_begin(tmp_path: Path) -> None:
    given = {"PORTAL_HOME": str(tmp_path), "PORTAL_MAIL_URL": "pigeon://loft"}
    command = [sys.executable, "-m", "portal.worker"]
    done = subprocess.run(command, env=os.environ | given, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: PORTAL_MAIL_URL")
    assert len(done.stderr.splitlines()) == 1


def test_without_processes_everything_due_is_done_at_once(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "storage", storage.opened(tmp_path.as_uri()))
    make.program()
    _write(2)
    partner_id = _ask()
    assert worker.run_until_idle(app, clock.now()) == 4, "two mails, a document, and the look for what is past its time"
    assert worker.run_until_idle(app, clock.now()) == 0
    assert _made(partner_id) is not None
