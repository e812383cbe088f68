"""Authenticator apps: set up, confirmed, replaced; each code once."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.auth import queries, recovery, totp
from portal.auth.factor_models import RecoveryCode, TotpSecret
from portal.auth.models import LoginSession, User
from portal.auth.rules import Factor
from portal.errors import Refused
from portal.extensions import db
from tests.support import make
from tests.support.client import Client, client_of
from tests.support.factors import code, with_app, with_codes
from tests.support.threads import at_once

CODE = re.compile(r"<code>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</code>")


def secret_on(page: str) -> str:
    found = re.search(r'class="secret"><code>([A-Z2-7 ]+)</code>', page)
    assert found
    return found[1].replace(" ", "")


def begun(client: Client, user: User) -> str:
    """The secret on the page that asks for its first code."""
    assert client.as_(user).post("/account/factors/app").location == "/account/factors/app"
    return secret_on(client.get("/account/factors/app").text)


def test_an_app_counts_with_its_first_code_and_not_before(client: Client) -> None:
    make.program()
    user = make.partner_user()
    secret = begun(client, user)
    page = client.get("/account/factors/app").text
    assert "<svg" in page
    assert "otpauth://totp/Lumen%20partners:" in page
    wrong = client.post("/account/factors/app/confirmation", data={"code": "000000"})
    assert wrong.status_code == 422
    assert "This is not the code that the app shows now." in wrong.text
    assert secret_on(wrong.text) == secret
    assert queries.oneself(user).factor_since is None
    spaced = f" {code(secret)[:3]} {code(secret)[3:]} "
    assert client.post("/account/factors/app/confirmation", data={"code": spaced}).status_code == 200
    assert queries.oneself(user).factor_since is not None


def test_with_the_first_factor_come_recovery_codes_and_other_browsers_sign_in_anew(client: Client) -> None:
    user = make.partner_user()
    other = client_of(client.application)
    other.as_(user)
    secret = begun(client, user)
    done = client.post("/account/factors/app/confirmation", data={"code": code(secret)})
    assert len(set(CODE.findall(done.text))) == 10
    assert 'download="recovery-codes.txt"' in done.text
    page = client.get("/account/factors").text
    assert "10 left" in page
    assert not CODE.search(page), "they are shown once"
    assert other.get("/account/").status_code == 302
    live = db.session.scalars(sa.select(LoginSession.factor).where(LoginSession.ended_at.is_(None))).all()
    assert live == [Factor.TOTP]


def test_the_secret_is_stored_sealed_and_the_codes_as_digests(app: Flask) -> None:
    user = make.partner_user()
    secret, codes = with_app(user), with_codes(user)
    row = db.session.execute(sa.select(TotpSecret.__table__)).one()
    assert secret not in str(row)
    assert not {*codes, *(each.replace("-", "") for each in codes)} & set(
        db.session.scalars(sa.select(RecoveryCode.digest))
    )


def test_a_code_of_the_app_is_taken_once_and_none_before_it(app: Flask) -> None:
    user = make.partner_user()
    secret, now = with_app(user), clock.now()
    step = timedelta(seconds=totp.STEP)
    assert not totp.accept(user, "", now=now)
    assert not totp.accept(user, "12345", now=now)
    assert not totp.accept(user, "١٢٣٤٥٦", now=now)
    assert not totp.accept(user, code(secret, now - 2 * step), now=now)
    assert not totp.accept(user, code(secret, now + 2 * step), now=now)
    assert totp.accept(user, code(secret, now), now=now)
    assert not totp.accept(user, code(secret, now), now=now)
    assert not totp.accept(user, code(secret, now - step), now=now)
    assert totp.accept(user, code(secret, now + step), now=now), "a clock may run ahead"
    assert not totp.accept(user, code(secret, now + step), now=now + step)
    assert totp.accept(user, code(secret, now + 3 * step), now=now + 4 * step), "or behind"


def test_a_secret_that_was_not_confirmed_opens_nothing(app: Flask) -> None:
    user = make.partner_user()
    totp.begin(user, now=clock.now())
    row = totp.begun(user)
    assert row
    assert not totp.accept(user, code(totp.secret_of(user, row)), now=clock.now())


def test_another_phone_takes_the_place_of_the_one_before(app: Flask) -> None:
    user = make.partner_user()
    first, second, now = with_app(user), with_app(user), clock.now()
    assert not totp.accept(user, code(first), now=now)
    assert totp.accept(user, code(second), now=now)


def test_nothing_is_confirmed_that_was_not_begun(client: Client) -> None:
    user = make.partner_user()
    client.as_(user)
    assert client.get("/account/factors/app").location == "/account/factors"
    assert client.post("/account/factors/app/confirmation", data={"code": "000000"}).status_code == 303
    with pytest.raises(Refused):
        totp.confirm(user, "000000", now=clock.now())


def test_of_two_who_give_the_same_code_at_once_one_is_let_in(app: Flask) -> None:
    user = make.partner_user()
    secret, now = with_app(user), clock.now()
    recovering, taken = with_codes(user)[0], []

    def give() -> None:
        taken.append((totp.accept(user, code(secret, now), now=now), recovery.accept(user, recovering, now=now)))
        db.session.commit()

    assert at_once(app, give, give) == []
    assert sorted(by_app for by_app, _ in taken) == sorted(by_paper for _, by_paper in taken) == [False, True]
