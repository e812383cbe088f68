"""Somebody who sends forms over HTTP, and remembers what became of each."""

import re
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import NamedTuple
from urllib.parse import urlencode

from portal.idempotency import FIELD, new_key
from tests.support.make import PASSWORD

TIMEOUT_S = 30


class Answer(NamedTuple):
    status: int
    location: str
    cookie: str
    text: str


@dataclass
class Sent:
    """A form that left the browser."""

    path: str
    typed: dict[str, str]
    key: str = field(default_factory=new_key)
    answer: Answer | None = None
    """None where the connection broke before there was one: nobody knows then whether it counts."""

    @property
    def is_acknowledged(self) -> bool:
        return self.answer is not None and self.answer.status == 303


class Browser:
    """May be used by several threads: its cookie changes at sign-in only."""

    def __init__(self, port: int, cookie: str = "", token: str = "") -> None:
        self.port, self.cookie, self.token = port, cookie, token

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def sign_in(self, email: str, form: str) -> None:
        """Sign in, then open the page with the form, whose token is good for all that is sent afterwards."""
        self._take("/login")
        answer = self.post("/login", {"email": email, "password": PASSWORD})
        assert answer.status == 303, answer.text
        self.cookie = answer.cookie
        self._take(form)

    def post(self, path: str, typed: dict[str, str]) -> Answer:
        return self._ask("POST", path, urlencode(typed | {"csrf_token": self.token}))

    def send(self, sent: Sent) -> None:
        """Send the form, for the first time or once more."""
        try:
            sent.answer = self.post(sent.path, sent.typed | {FIELD: sent.key})
        except (OSError, HTTPException):
            sent.answer = None

    def _take(self, path: str) -> None:
        answer = self.get(path)
        found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', answer.text)
        assert found, answer.text
        self.cookie, self.token = answer.cookie or self.cookie, found[1]

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        cookie = "; ".join(each.partition(";")[0] for each in answer.headers.get_all("Set-Cookie", []))
        return Answer(answer.status, answer.headers.get("Location", ""), cookie, text)
