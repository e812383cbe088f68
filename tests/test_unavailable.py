"""The database is locked, full or gone for a while: 503 with a sentence, nothing half written, and once it is back all
goes on without a restart."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from portal import clock, database
from portal.activity.models import EventRow
from portal.auth.models import LoginSession, User
from portal.auth.rules import LAST_USE_EVERY, Role
from portal.extensions import Base, db
from portal.failures import is_unavailable
from portal.idempotency import FIELD, IdempotencyKey, new_key
from portal.notifications.models import Delivery
from portal.referrals.models import Referral
from portal.scope import all_partners
from portal.sla.models import SlaClock
from tests.support import agreements, make, sales
from tests.support.client import Client
from tests.support.proof import nothing_broken

WRITTEN: tuple[type[Base], ...] = (Referral, EventRow, SlaClock, Delivery, IdempotencyKey)
A_MOMENT_MS = 50
TYPED: dict[str, Any] = {
    "company": "Calder & Finch",
    "website": "calderfinch.example",
    "country": "GB",
    "employees": "120",
    "contact_name": "Ruth Calder",
    "contact_title": "Operations Director",
    "contact_email": "ruth@calderfinch.example",
    "need": "They outgrew their spreadsheets.",
    "timing": "this_quarter",
    "public_tender": "no",
    "introduced_how": "intro_mail",
    "consent": "y",
}
on_sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("app", ["postgresql"], indirect=True)


@pytest.fixture
def ana(app: Flask, client: Client) -> User:
    """Signed in, and may refer."""
    sales.program()
    make.staff()
    partner = agreements.company()
    sales.agreement(partner)
    lead = make.partner_user(Role.PARTNER_ADMIN, partner_id=partner.id)
    client.as_(lead)
    return lead


@on_sqlite
def test_while_another_holds_the_write_lock_nothing_is_taken_and_everything_is_shown(
    app: Flask, client: Client, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    _connect_with(monkeypatch, busy_timeout=A_MOMENT_MS)
    key = {FIELD: new_key()}
    with _nothing_written(), _write_lock():
        for _ in range(2):
            _says_that_it_cannot(_send(client, **key))
        assert client.get("/referrals/").status_code == 200
        assert client.get("/readyz").status_code == 200
    _goes_on(client, **key)


@on_sqlite
def test_noting_that_somebody_is_still_there_keeps_nobody_from_reading(
    app: Flask, client: Client, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    _connect_with(monkeypatch, busy_timeout=A_MOMENT_MS)
    before = _away_for_a_while()
    with _write_lock():
        assert client.get("/referrals/").status_code == 200
    assert _last_used() == before
    assert client.get("/referrals/").status_code == 200
    assert _last_used() > before


def test_a_form_that_took_long_to_fill_in_is_taken(
    app: Flask, client: Client, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    _connect_with(monkeypatch, busy_timeout=A_MOMENT_MS)
    before = _away_for_a_while()
    _goes_on(client)
    assert _last_used() > before


@on_sqlite
def test_a_full_disk_takes_nothing_and_shows_everything(
    app: Flask, client: Client, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = _of_the_file("page_count")
    with monkeypatch.context() as full:
        _connect_with(full, max_page_count=pages)
        taken = _taken_until_refused(client)
        with _nothing_written():
            _says_that_it_cannot(_send(client, company="One too many", website=f"calder{taken}.example"))
            assert client.get("/referrals/").status_code == 200
    _connect_with(monkeypatch)
    _goes_on(client)


@on_postgresql
def test_without_a_database_every_page_says_so(app: Flask, client: Client, ana: User) -> None:
    key = {FIELD: new_key()}
    with _nothing_written(), _nobody_let_in():
        for _ in range(2):
            _says_that_it_cannot(_send(client, **key))
            _says_that_it_cannot(client.get("/referrals/"))
        _says_that_it_cannot(client.get("/login"))
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200
    assert client.get("/referrals/").status_code == 200
    _goes_on(client, **key)


@on_postgresql
def test_connections_that_were_cut_meanwhile_are_made_anew(app: Flask, client: Client, ana: User) -> None:
    assert client.get("/referrals/").status_code == 200
    with closing(_beside()) as beside:
        _cut(beside)
    assert client.get("/referrals/").status_code == 200
    _goes_on(client)


@on_postgresql
@pytest.mark.parametrize("before", ["INSERT INTO referrals", "INSERT INTO events", "UPDATE idempotency_keys"])
def test_a_connection_cut_in_the_middle_leaves_nothing(
    app: Flask, client: Client, ana: User, before: str, caplog: pytest.LogCaptureFixture
) -> None:
    key = {FIELD: new_key()}
    with _nothing_written(), _cut_before(before) as cuts:
        _says_that_it_cannot(_send(client, **key))
    assert cuts == [before]
    assert "database unavailable" in caplog.text
    assert TYPED["contact_email"] not in caplog.text
    _goes_on(client, **key)


@on_postgresql
def test_a_standby_that_only_reads_takes_nothing(app: Flask, client: Client, ana: User) -> None:
    with _nothing_written(), _only_reading():
        _says_that_it_cannot(_send(client))
        assert client.get("/referrals/").status_code == 200
    _goes_on(client)


def test_a_statement_that_is_wrong_is_a_fault_of_ours(app: Flask) -> None:
    with pytest.raises(DBAPIError) as failure:
        db.session.execute(sa.text("SELECT nothing FROM nowhere"))
    assert not is_unavailable(failure.value)


def _send(client: Client, **given: Any) -> TestResponse:
    return client.post("/referrals/new", data=TYPED | given)


def _says_that_it_cannot(answer: TestResponse) -> None:
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Nothing was lost, and nothing was half done." in answer.text


def _goes_on(client: Client, **given: Any) -> None:
    sent = _send(client, **given)
    assert sent.status_code == 303
    assert client.get(sent.location).status_code == 200
    nothing_broken()


def _taken_until_refused(client: Client) -> int:
    """Room that is left in the last pages is used up first."""
    for number in range(200):
        if _send(client, company=f"Calder {number}", website=f"calder{number}.example").status_code == 503:
            return number
    raise AssertionError("it never got full")


@contextmanager
def _nothing_written() -> Iterator[None]:
    before = _counts()
    yield
    assert _counts() == before


def _counts() -> list[int | None]:
    counted = [all_partners(sa.select(sa.func.count()).select_from(kind), "a test") for kind in WRITTEN]
    found = [db.session.scalar(each) for each in counted]
    db.session.remove()
    return found


def _connect_with(monkeypatch: pytest.MonkeyPatch, **pragmas: int) -> None:
    """From now on connections are told this too."""
    for name, value in pragmas.items():
        monkeypatch.setitem(database.PRAGMAS, name, value)
    db.session.remove()
    db.engine.dispose()


@contextmanager
def _write_lock() -> Iterator[None]:
    """Another program has begun to write, and takes its time."""
    with closing(sqlite3.connect(str(db.engine.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def _of_the_file(pragma: str) -> int:
    with db.engine.connect() as connection:
        return int(connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one())


def _away_for_a_while() -> Any:
    """Everybody who is signed in was last seen a while ago. Returns when."""
    seen = clock.now() - 2 * LAST_USE_EVERY
    db.session.execute(all_partners(sa.update(LoginSession).values(last_used_at=seen), "a test"))
    db.session.commit()
    db.session.remove()
    return seen


def _last_used() -> Any:
    found = db.session.scalar(sa.select(sa.func.max(LoginSession.last_used_at)))
    db.session.remove()
    return found


def _beside() -> psycopg.Connection[Any]:
    """A connection of the operator's, to another database of the server."""
    url = db.engine.url.set(drivername="postgresql", database="postgres")
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


def _cut(beside: psycopg.Connection[Any]) -> None:
    """End every connection to our database, and wait until they are gone."""
    gone = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
    beside.execute(gone, [db.engine.url.database]).fetchall()


@contextmanager
def _altered(change: str, back: str) -> Iterator[None]:
    """Our database is set to this, for connections that are made from now on."""
    name = db.engine.url.database
    with closing(_beside()) as beside:
        beside.execute(f"ALTER DATABASE {name} {change}".encode())
        _cut(beside)
        try:
            yield
        finally:
            beside.execute(f"ALTER DATABASE {name} {back}".encode())
            _cut(beside)


def _nobody_let_in() -> AbstractContextManager[None]:
    return _altered("ALLOW_CONNECTIONS false", "ALLOW_CONNECTIONS true")


def _only_reading() -> AbstractContextManager[None]:
    setting = "default_transaction_read_only"
    return _altered(f"SET {setting} = on", f"RESET {setting}")


@contextmanager
def _cut_before(part: str) -> Iterator[list[str]]:
    """The connection is cut as the first statement that does this is sent."""
    cuts: list[str] = []

    def watch(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if part in statement and not cuts:
            cuts.append(part)
            with closing(_beside()) as beside:
                _cut(beside)

    event.listen(db.engine, "before_cursor_execute", watch)
    try:
        yield cuts
    finally:
        event.remove(db.engine, "before_cursor_execute", watch)
