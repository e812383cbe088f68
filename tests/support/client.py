"""A test client that checks every response, whatever the test is about."""

from collections import Counter
from html.parser import HTMLParser
from typing import Any, cast

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import event
from werkzeug.test import TestResponse

from portal import clock
from portal.auth.models import User
from portal.auth.sessions import open_session
from portal.extensions import db
from portal.idempotency import FIELD, new_key
from portal.scope import set_writer

MOST_QUERIES = 6
CSRF = "a raw token of the tests"


class Client(FlaskClient):
    """Posts like a browser that loaded the form first: token and key come along unless the test gives others."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        _let_go()
        watched = _Watched()
        with self.application.app_context(), watched:  # as in production: its own g, its own session
            response = super().open(*args, **kwargs)
            watched.pending |= _names(db.session)
        set_writer(None)
        _let_go()
        self._check(response, watched)
        return response

    def post(self, *args: Any, **kwargs: Any) -> TestResponse:
        if kwargs.pop("bare", False):
            return super().post(*args, **kwargs)
        with self.session_transaction() as session:
            session.setdefault("csrf_token", CSRF)
            raw = session["csrf_token"]
        signed = URLSafeTimedSerializer(self.application.config["SECRET_KEY"], salt="wtf-csrf-token").dumps(raw)
        kwargs["data"] = {"csrf_token": signed, FIELD: new_key()} | dict(kwargs.get("data") or {})
        return super().post(*args, **kwargs)

    def as_(self, user: User) -> "Client":
        token = open_session(user, clock.now())
        db.session.commit()
        with self.session_transaction() as session:
            session.clear()
            session["_user_id"] = token
        return self

    def signed_out(self) -> "Client":
        with self.session_transaction() as session:
            session.clear()
        return self

    def _check(self, response: TestResponse, watched: "_Watched") -> None:
        asked = (*response.history, response)[0].request
        where = f"{asked.method} {asked.path}"
        assert response.status_code >= 400 or not watched.pending, f"{where} never committed: {watched.pending}"
        assert asked.method != "GET" or not watched.committed, f"{where} changed by a GET: {watched.committed}"
        if asked.method not in ("GET", "POST") or response.mimetype != "text/html" or response.location:
            return
        if asked.method == "GET" and not response.history:
            asked_of_it = "\n".join(watched.queries)
            assert len(watched.queries) <= MOST_QUERIES, f"{where} makes {len(watched.queries)} queries:\n{asked_of_it}"
        _Page(where).read(response.text)


class _Watched:
    """What the session flushed, what it committed and what it asked while this is open."""

    def __init__(self) -> None:
        self.pending: set[str] = set()
        self.committed: set[str] = set()
        self.queries: list[str] = []

    def __enter__(self) -> None:
        event.listen(db.session, "after_flush", self._flushed)
        event.listen(db.session, "after_commit", self._settled)
        event.listen(db.session, "after_rollback", self._undone)
        event.listen(db.engine, "before_cursor_execute", self._asked)

    def __exit__(self, *_: object) -> None:
        event.remove(db.session, "after_flush", self._flushed)
        event.remove(db.session, "after_commit", self._settled)
        event.remove(db.session, "after_rollback", self._undone)
        event.remove(db.engine, "before_cursor_execute", self._asked)

    def _flushed(self, session: Any, _: object) -> None:
        self.pending |= _names(session)

    def _settled(self, _: object) -> None:
        self.committed |= self.pending
        self.pending = set()

    def _undone(self, _: object) -> None:
        self.pending = set()

    def _asked(self, _c: Any, _cursor: Any, sql: str, *_: Any) -> None:
        if not sql.startswith(("BEGIN", "PRAGMA")):
            self.queries.append(sql)


class _Page(HTMLParser):
    """What every page must be: one h1, unique ids, a label on each control, no inline script or style."""

    UNLABELLED = frozenset({"hidden", "submit", "button"})

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where = where
        self.tags: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.labels: set[str] = set()
        self.controls: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags[tag] += 1
        if given.get("id"):
            self.ids[given["id"] or ""] += 1
        if tag == "label" and given.get("for"):
            self.labels.add(given["for"] or "")
        if tag in ("input", "select", "textarea") and given.get("type") not in self.UNLABELLED:
            self.controls.append(given)
        assert "style" not in given, f"{self.where}: inline style on <{tag}>"
        assert not any(name.startswith("on") for name in given), f"{self.where}: inline handler on <{tag}>"
        assert tag != "style", f"{self.where}: inline style sheet"
        assert tag != "script" or given.get("src"), f"{self.where}: inline script"

    def read(self, text: str) -> None:
        self.feed(text)
        headings = 1 if self.tags["html"] else 0  # a fragment for a page that is there has none
        assert self.tags["h1"] == headings, f"{self.where}: {self.tags['h1']} h1 where {headings} belongs"
        twice = [each for each, count in self.ids.items() if count > 1]
        assert not twice, f"{self.where}: ids that stand twice: {twice}"
        bare = [c for c in self.controls if c.get("id") not in self.labels and not c.get("aria-label")]
        assert not bare, f"{self.where}: controls without label: {bare}"


def _let_go() -> None:
    """No lock of the test's stands in the way of a request, and what it reads afterwards is what that left behind.
    Rows that it holds stay as they were."""
    db.session.expunge_all()
    db.session.rollback()


def _names(session: Any) -> set[str]:
    return {type(row).__name__ for row in (*session.new, *session.dirty, *session.deleted)}


def client_of(app: Flask) -> Client:
    return cast(Client, app.test_client())
