"""The mailbox is read each minute: what is new, once."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.config import load_settings
from portal.conversation import jobs
from portal.conversation import reply_address as addresses
from portal.conversation.models import Mailbox as Row
from portal.conversation.models import Message, RefusedMail
from portal.conversation.rules import MAIL_BYTES_MOST, Reply
from portal.errors import Refused
from portal.extensions import db
from portal.scope import all_partners
from tests.conversation.people import Cast, cast
from tests.support.imap_server import Mailbox, imap_server
from tests.support.make import NOON

LATER = NOON + timedelta(minutes=1)


@pytest.fixture
def people(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], reply_address="reply@portal.example"))
    return cast()


def answer(people: Cast, text: str) -> bytes:
    to = addresses.make(Reply.MESSAGE, people.ben.id, people.bens.id, NOON)
    return f"From: {people.ben.email}\r\nTo: {to}\r\nMessage-ID: <{text}@x>\r\n\r\n{text}\r\n".encode()


def look(app: Flask, url: str, monkeypatch: pytest.MonkeyPatch, now: object = NOON) -> int:
    """Does what the worker would do at this time; says how many turns that took."""
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], imap_url=url))
    turns = 0
    while found := jobs.due(now, 10):  # type: ignore[arg-type]
        jobs.attempt(*found[0], now)  # type: ignore[arg-type]
        turns += 1
    return turns


def texts() -> list[str]:
    return list(db.session.scalars(all_partners(sa.select(Message.text).order_by(Message.id), "a test")))


def row() -> Row:
    return db.session.scalars(sa.select(Row).execution_options(populate_existing=True)).one()


def test_new_mails_are_taken_once_and_marked(app: Flask, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Mailbox(answer(people, "one"), b"From: x@x.example\r\n\r\nSpam", answer(people, "two"))
    third = answer(people, "three")
    with imap_server(box) as url:
        assert look(app, url, monkeypatch) == 1
        assert (texts(), box.seen, row().last_uid) == (["one", "two"], {1, 2, 3}, 3)
        assert look(app, url, monkeypatch) == 0
        box.mails[4] = third
        look(app, url, monkeypatch, LATER)
        assert (texts(), box.fetched) == (["one", "two", "three"], [1, 2, 3, 4])
        box.validity = 8
        look(app, url, monkeypatch, LATER + timedelta(minutes=1))
        assert texts() == ["one", "two", "three"]
        assert len(box.fetched) == 8


def test_a_mailbox_that_says_no_is_tried_again(app: Flask, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Mailbox(answer(people, "one"))
    with imap_server(box) as url:
        box.says_no_to = "LOGIN"
        assert look(app, url, monkeypatch) == 1
        assert "said no" in row().error
        assert (row().looked_at, row().next_at) == (None, NOON + timedelta(minutes=1))
        box.says_no_to = ""
        look(app, url, monkeypatch, LATER)
        assert (row().error, row().looked_at, texts()) == ("", LATER, ["one"])
        box.mails[2], box.says_no_to = box.mails[1], "UID STORE"
        look(app, url, monkeypatch, LATER + timedelta(minutes=1))
        assert row().last_uid == 2
    look(app, url, monkeypatch, LATER + timedelta(minutes=9))
    assert "refused" in row().error


def test_a_mail_that_is_too_large_is_never_fetched(app: Flask, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Mailbox(b"x" * (MAIL_BYTES_MOST + 1))
    with imap_server(box) as url:
        look(app, url, monkeypatch)
    assert (box.fetched, box.seen) == ([], {1})
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RefusedMail)) == 1


def test_without_a_mailbox_nothing_is_due(app: Flask) -> None:
    assert jobs.due(NOON, 10) == []


HOME = {"PORTAL_HOME": "var", "PORTAL_SECRET_KEY": "x", "PORTAL_FIELD_KEYS": "{}"}


@pytest.mark.parametrize("url", ["imap://a:b@mail.example/INBOX", "pop3://x", "mail.example"])
def test_passwords_do_not_travel_in_the_open(url: str) -> None:
    with pytest.raises(Refused, match="imaps"):
        load_settings(HOME | {"PORTAL_IMAP_URL": url})


@pytest.mark.parametrize("address", ["reply", "re+ply@x.example", "@x.example", f"{'r' * 20}@x.example"])
def test_the_address_for_replies_has_room_for_its_mark(address: str) -> None:
    with pytest.raises(Refused, match="PORTAL_REPLY_ADDRESS"):
        load_settings(HOME | {"PORTAL_REPLY_ADDRESS": address})
