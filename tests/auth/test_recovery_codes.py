"""Recovery codes: shown once, each works once, made anew."""

import re

from flask import Flask

from portal import clock
from portal.auth import factors, recovery
from portal.auth.rules import Factor
from portal.extensions import db
from tests.support import make
from tests.support.client import Client
from tests.support.factors import proven, with_app, with_codes

CODE = re.compile(r"<code>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</code>")


def test_a_recovery_code_works_once_as_it_is_written_or_without_hyphens(app: Flask) -> None:
    user, other = make.partner_user(), make.partner_user()
    with_app(user)
    with_app(other)
    codes, now = with_codes(user), clock.now()
    assert not recovery.accept(other, codes[0], now=now)
    assert recovery.accept(user, codes[0], now=now)
    assert not recovery.accept(user, codes[0], now=now)
    assert recovery.accept(user, codes[1].replace("-", " ").lower(), now=now)
    assert not recovery.accept(user, "", now=now)
    assert factors.of(user).codes_left == 8


def test_new_codes_end_the_ones_before_and_few_are_warned_of(client: Client) -> None:
    make.program()
    user = make.partner_user()
    with_app(user)
    first = with_codes(user)
    client.as_(user)
    proven(user, Factor.TOTP)
    page = client.post("/account/factors/recovery-codes")
    codes = CODE.findall(page.text)
    assert len(set(codes)) == 10
    assert not recovery.accept(user, first[0], now=clock.now())
    for each in codes[:6]:
        assert recovery.accept(user, each, now=clock.now())
    db.session.commit()
    assert "codes are</strong>" not in client.get("/account/factors").text
    recovery.accept(user, codes[6], now=clock.now())
    db.session.commit()
    assert "3 recovery codes are left." in client.get("/account/factors").text


def test_there_are_no_recovery_codes_without_a_factor(client: Client) -> None:
    client.as_(make.partner_user())
    assert client.post("/account/factors/recovery-codes").status_code == 409
