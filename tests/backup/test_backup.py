"""Out of one portal and into another, on the same kind of database or the other one."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade

from portal import clock, storage
from portal.auth import actions as accounts
from portal.auth import links
from portal.auth.models import AccountLink, LoginSession
from portal.auth.rules import LinkPurpose, Role
from portal.auth.sessions import open_session
from portal.backup import making
from portal.config import Settings
from portal.errors import Refused
from portal.extensions import db
from portal.notifications.actions import write_to
from portal.proof import broken
from portal.schema import with_migrations
from portal.seeds import demo
from tests.backup.fixtures import (
    emptied,
    inside,
    kind_of_database,
    made,
    put_back,
    reading,
    rows_in,
    rows_of,
    sealed_for_us,
)
from tests.support import make
from tests.support.client import client_of
from tests.support.databases import KINDS

__all__ = ["emptied"]
Emptied = Callable[[str], Settings]


def _guards(connection: sa.Connection) -> list[tuple[str, ...]]:
    """Triggers, constraints and indexes."""
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql("SELECT name, tbl_name, COALESCE(sql, '') FROM sqlite_master").all()
        return sorted((name, table, *sorted(re.split(r",?\s*\n\s*", sql))) for name, table, sql in found)
    found = connection.exec_driver_sql(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) || convalidated FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace UNION ALL"
        " SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger"
        " WHERE NOT tgisinternal UNION ALL"
        " SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    ).all()
    return sorted(found, key=str)


@pytest.mark.parametrize("other", KINDS)
def test_every_row_comes_back_on_either_database(app: Flask, emptied: Emptied, tmp_path: Path, other: str) -> None:
    demo.seed(clock.now())
    sha = storage.put(b"%PDF-1.7 a signed agreement", "application/pdf").sha256
    before = rows_in(app.config["SETTINGS"])
    assert len(before["events"]) > 500
    there = emptied(other)
    back = put_back(there, made(app, tmp_path / "one"))
    assert back.broken == []
    assert rows_in(there) == before
    with inside(there):
        assert storage.get(sha).startswith(b"%PDF")
        assert list(broken()) == []


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_there_and_back_again_it_is_the_same(app: Flask, emptied: Emptied, tmp_path: Path) -> None:
    demo.seed(clock.now())
    before = rows_in(app.config["SETTINGS"])
    elsewhere, home = emptied("postgresql"), emptied("sqlite")
    put_back(elsewhere, made(app, tmp_path / "one"))
    second = tmp_path / "two"
    with inside(elsewhere) as moved:
        made(moved, second)
    put_back(home, second)
    assert rows_in(home) == before


def test_guards_references_and_numbers_stand_as_migrations_made_them(
    app: Flask, emptied: Emptied, tmp_path: Path
) -> None:
    make.program()
    for _ in range(3):
        make.staff()
    db.session.rollback()
    with db.engine.connect() as connection:
        before = _guards(connection)
    there = emptied(kind_of_database(app))
    put_back(there, made(app, tmp_path / "one"))
    with reading(there) as connection:
        assert _guards(connection) == before
    with inside(there):
        assert make.staff(email="the.next@example.org").id


def test_pages_answer_and_everybody_signs_in_again(app: Flask, emptied: Emptied, tmp_path: Path) -> None:
    make.program()
    admin = make.staff(Role.PROGRAM_ADMIN, has_password=True)
    invited = make.staff(has_password=True)
    token = open_session(admin, clock.now())
    accounts.ask_reset(admin, now=clock.now())
    links.new(None, invited, LinkPurpose.INVITATION, clock.now())
    db.session.commit()
    there = emptied("sqlite")
    put_back(there, made(app, tmp_path / "one"))
    with inside(there) as again:
        client = client_of(again)
        with client.session_transaction() as session:
            session["_user_id"] = token
        assert client.get("/staff/").headers["Location"].startswith("/login")
        assert client.as_(admin).get("/staff/activity/").status_code == 200
        assert not [each for each in db.session.scalars(sa.select(LoginSession)) if each.ended_at is None][1:]
        live = {link.purpose for link in db.session.scalars(sa.select(AccountLink)) if link.expires_at > clock.now()}
        assert live == {LinkPurpose.INVITATION}


def test_mails_that_waited_are_counted(app: Flask, emptied: Emptied, tmp_path: Path) -> None:
    make.program()
    write_to("someone@example.org", "A subject", ["A line."], now=clock.now())
    db.session.commit()
    assert put_back(emptied("sqlite"), made(app, tmp_path / "one")).mails == 1


@pytest.mark.parametrize("revision", ["0002", "0003"])
def test_an_older_one_is_brought_up_to_date(app: Flask, emptied: Emptied, tmp_path: Path, revision: str) -> None:
    db.session.remove()
    with_migrations(app)
    downgrade(revision=revision)
    there = emptied(kind_of_database(app))
    put_back(there, made(app, tmp_path / "one"))
    with reading(there) as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one() > "0003"
        assert rows_of(connection)["event_head"]


def test_the_keys_are_not_in_it_and_a_missing_one_is_said(app: Flask, emptied: Emptied, tmp_path: Path) -> None:
    make.program()
    file = made(app, tmp_path / "one")
    there = emptied("sqlite")
    other = there.field_keys.replace("AAEC", "BBBB")
    assert put_back(replace(there, field_keys=other), file).lost_keys == ["t1"]


def test_one_is_made_whole_or_not_at_all(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "one"
    with pytest.raises(Refused, match=r"Run `portal backup-key` once"):
        making.make(file, app.config["SETTINGS"], clock.now())
    with pytest.raises(Refused, match="is no age recipient"):
        making.make(file, replace(app.config["SETTINGS"], backup_recipient="age1nonsense"), clock.now())
    with pytest.raises(Refused, match="can't be written"):
        making.make(tmp_path / "no folder" / "one", sealed_for_us(app), clock.now())
    assert list(tmp_path.iterdir()) == []
    made(app, file)
    before = file.read_bytes()
    with pytest.raises(Refused, match="there already"):
        made(app, file)
    assert file.read_bytes() == before
    assert file.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [file]
