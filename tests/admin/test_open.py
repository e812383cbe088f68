"""What is open to machines and to everyone."""

from dataclasses import replace

import pytest
from flask import Flask

from portal.auth.rules import Role
from tests.support import make
from tests.support.client import Client


def test_the_portal_says_that_it_is_up_and_can_work(client: Client) -> None:
    assert client.get("/healthz").text == "up\n"
    assert client.get("/readyz").text == "ready\n"


def test_who_is_told_of_a_hole_in_it(client: Client) -> None:
    before = client.get("/.well-known/security.txt").text
    assert "Contact: mailto:postmaster@localhost\n" in before
    make.program()
    assert "Contact: mailto:partners@portal.example\n" in client.get("/.well-known/security.txt").text
    assert "Expires: 20" in before


def test_the_design_page_is_there_for_developers_only(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.program()
    reader = client.as_(make.staff(Role.CONTENT_EDITOR))
    assert reader.get("/staff/design").status_code == 404
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], debug=True))
    assert "data-bs-theme" not in reader.get("/staff/design").text
    assert 'data-bs-theme="dark"' in reader.get("/staff/design?theme=dark").text
    assert "data-bs-theme" not in reader.get("/staff/design?theme=pink").text
