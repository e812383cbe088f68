import pytest
from flask import Flask

from portal import mail


def mails_go_to(app: Flask, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Until the test ends: the app is shared by all tests, and connected then to what it was before."""
    for name, value in mail.config_of(url).items():
        monkeypatch.setitem(app.config, name, value)
    monkeypatch.setitem(app.extensions, "mailman", None)
    mail.connect(app)
