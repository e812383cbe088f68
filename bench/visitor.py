"""Signed-in people who ask for pages over a connection that is kept open."""

import http.client
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import selectinload

from portal import clock
from portal.auth.models import User
from portal.auth.sessions import open_session
from portal.extensions import db
from portal.idempotency import FIELD, new_key
from portal.scope import all_partners


@dataclass(frozen=True)
class Person:
    """A browser's cookie, and the token that its forms carry."""

    cookie: str
    csrf_token: str

    def form(self, **fields: str) -> bytes:
        return urlencode(fields | {"csrf_token": self.csrf_token, FIELD: new_key()}).encode()


NOBODY = Person("", "")


def person_called(email: str) -> User:
    found = sa.select(User).where(User.email == email).options(selectinload(User.grants))
    return db.session.scalars(all_partners(found, "who is measured with")).one()


def signed_in(app: Flask, email: str) -> Person:
    token = open_session(person_called(email), clock.now())
    db.session.commit()
    return _with_cookie(app, {"_user_id": token, "_fresh": True})


def anonymous(app: Flask) -> Person:
    """Somebody with a form, and nothing else."""
    return _with_cookie(app, {})


def _with_cookie(app: Flask, kept: dict[str, object]) -> Person:
    raw = secrets.token_hex(20)
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    cookie = serializer.dumps(kept | {"csrf_token": raw})
    signed = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token").dumps(raw)
    return Person(f"{app.config['SESSION_COOKIE_NAME']}={cookie}", str(signed))


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    cookies: tuple[str, ...] = ()
    """Those that it sets, as a browser sends them back."""


class Visitor:
    """One connection, to be used in a `with`."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(self, path: str, person: Person = NOBODY, form: bytes | None = None) -> Answer:
        headers = {"Cookie": person.cookie} if person.cookie else {}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request("GET" if form is None else "POST", path, form, headers)
        response = self._connection.getresponse()
        cookies = tuple(each.partition(";")[0] for each in response.headers.get_all("Set-Cookie", ()))
        return Answer(response.status, response.read(), cookies)
