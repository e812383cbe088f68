"""A fresh database, before anybody has set up a program: calm pages, whatever is asked for."""

from typing import Any

from flask import Flask

from portal.extensions import db
from tests.support.client import Client

PARTS = {"ref": "R-222222", "slug": "guide", "name": "app.css", "token": "x", "kind": "statement", "number": 1}


def test_no_page_breaks_before_there_is_a_program(app: Flask, client: Client) -> None:
    for rule in app.url_map.iter_rules():
        parts: dict[str, Any] = {name: PARTS.get(name, "x") for name in rule.arguments}
        if "GET" not in (rule.methods or ()):
            continue
        with app.test_request_context():
            url = app.url_for(rule.endpoint, **parts)
        answer = client.get(url)
        assert answer.status_code < 500 or rule.endpoint == "auth.sign_in", f"{url} answers {answer.status_code}"


def test_signing_in_before_there_is_anyone_is_refused_in_words(client: Client) -> None:
    answer = client.post("/login", data={"email": "ana@brightwater.example", "password": "anything at all"})
    assert answer.status_code == 422
    assert "do not belong together" in answer.text
    db.session.rollback()
