from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock, mail
from portal.auth import jobs as link_requests
from portal.extensions import db
from portal.notifications.models import Delivery
from portal.scope import all_partners


def mails_go_to(app: Flask, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Until the test ends: the app is shared by all tests, and connected then to what it was before."""
    for name, value in mail.config_of(url).items():
        monkeypatch.setitem(app.config, name, value)
    monkeypatch.setitem(app.extensions, "mailman", None)
    mail.connect(app)


def mails(event_kind: str = "") -> list[Delivery]:
    """What was written, of one kind of event or of all, the first written first."""
    written = all_partners(sa.select(Delivery).order_by(Delivery.id), "a test")
    return [each for each in db.session.scalars(written) if event_kind in ("", each.event_kind)]


def send_links(now: datetime | None = None) -> None:
    """What the worker does about links that were asked for."""
    for request_id, number in link_requests.due(now or clock.now(), 1_000):
        link_requests.attempt(request_id, number, now or clock.now())
