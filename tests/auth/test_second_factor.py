"""The second step of signing in, and the door for whoever needs one."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.auth import queries
from portal.auth.models import LoginSession, User
from portal.auth.rules import TRIES_PER_ACCOUNT, Factor, Role
from portal.auth.sessions import AWAITED, AWAITED_FOR, open_session
from portal.extensions import db
from tests.support import make
from tests.support.client import Client, client_of
from tests.support.factors import code, settings, with_app, with_codes
from tests.support.make import PASSWORD

STEP = "/login/second-factor"


@pytest.fixture
def user(client: Client) -> User:
    make.program()
    return make.partner_user(has_password=True)


def sign_in(client: Client, user: User, wanted: str = "") -> Any:
    return client.post(f"/login{wanted}", data={"email": user.email, "password": PASSWORD})


def test_with_a_factor_the_password_opens_the_second_step_only(client: Client, user: User) -> None:
    secret = with_app(user)
    answer = sign_in(client, user, "?next=/team/?a%3D1")
    assert answer.location == f"{STEP}?next=/team/?a%3D1"
    with client.session_transaction() as session:
        pending = session[AWAITED]
        session["_user_id"] = pending
    assert client.get("/account/").status_code == 302, "what awaits a factor is no session"
    page = client.get(answer.location)
    assert page.status_code == 200
    assert 'name="proof_code"' in page.text
    answer = client.post(answer.location, data={"proof_code": code(secret)})
    assert (answer.status_code, answer.location) == (303, "/team/?a=1")
    with client.session_transaction() as session:
        assert session["_user_id"] != pending
        assert AWAITED not in session
    assert client.get("/account/").status_code == 200
    rows = db.session.execute(sa.select(LoginSession.factor, LoginSession.ended_at).order_by(LoginSession.id)).all()
    assert [(row.factor, row.ended_at is None) for row in rows[-2:]] == [(Factor.PASSWORD, False), (Factor.TOTP, True)]


def test_a_code_that_was_given_is_not_taken_again(client: Client, user: User) -> None:
    given = code(with_app(user))
    sign_in(client, user)
    assert client.post(STEP, data={"proof_code": given}).status_code == 303
    other = client_of(client.application)
    sign_in(other, user)
    page = other.post(STEP, data={"proof_code": given})
    assert page.status_code == 422
    assert "Each code works once." in page.text
    assert other.get("/account/").status_code == 302


def test_a_recovery_code_opens_once(client: Client, user: User) -> None:
    with_app(user)
    given = with_codes(user)[3]
    sign_in(client, user)
    assert client.post(STEP, data={"proof_code": given}).status_code == 303
    row = db.session.scalars(sa.select(LoginSession.factor).where(LoginSession.ended_at.is_(None))).all()
    assert row == [Factor.RECOVERY_CODE]
    sign_in(client.signed_out(), user)
    assert client.post(STEP, data={"proof_code": given}).status_code == 422


@pytest.mark.parametrize("given", [{}, {"proof_code": ""}, {"proof_code": "000000"}, {"proof_password": PASSWORD}])
def test_nothing_else_opens(client: Client, user: User, given: dict[str, str]) -> None:
    with_app(user)
    sign_in(client, user)
    assert client.post(STEP, data=given).status_code == 422
    assert client.get("/account/").status_code == 302


def test_the_second_step_follows_within_ten_minutes(client: Client, user: User) -> None:
    secret = with_app(user)
    sign_in(client, user)
    early = clock.now() - AWAITED_FOR - timedelta(seconds=1)
    db.session.execute(sa.update(LoginSession).values(created_at=early))
    db.session.commit()
    answer = client.post(STEP, data={"proof_code": code(secret)})
    assert answer.location == "/login"
    assert client.get("/account/").status_code == 302
    assert "within ten minutes" in client.get("/login").text


def test_without_the_password_there_is_no_second_step(client: Client, user: User) -> None:
    secret = with_app(user)
    assert client.get(f"{STEP}?next=/team/").location == "/login?next=/team/"
    assert client.post(STEP, data={"proof_code": code(secret)}).location == "/login"
    full = open_session(user, clock.now())
    db.session.commit()
    with client.session_transaction() as session:
        session[AWAITED] = full
    assert client.get(STEP).location == "/login", "a whole session is none that awaits"


def test_too_many_codes_end_the_try_and_there_is_a_pause(client: Client, user: User) -> None:
    secret = with_app(user)
    sign_in(client, user)
    for _ in range(TRIES_PER_ACCOUNT):
        assert client.post(STEP, data={"proof_code": "000000"}).status_code == 422
    assert client.post(STEP, data={"proof_code": code(secret)}).status_code == 429
    assert client.get(STEP).location == "/login"
    assert sign_in(client, user).status_code == 303, "the account itself is not closed"
    assert client.post(STEP, data={"proof_code": code(secret)}).status_code == 429


def test_a_closed_account_gets_no_second_step(client: Client, user: User) -> None:
    secret = with_app(user)
    sign_in(client, user)
    db.session.execute(sa.text("UPDATE users SET disabled_at = created_at"))
    db.session.commit()
    assert client.post(STEP, data={"proof_code": code(secret)}).location == "/login"


def test_a_session_that_waits_is_no_device(client: Client, user: User) -> None:
    with_app(user)
    sign_in(client, user)
    assert queries.devices(user, clock.now()) == []


@pytest.mark.parametrize("role", [Role.FINANCE_MAKER, Role.FINANCE_APPROVER, Role.PROGRAM_ADMIN, Role.AUDITOR])
def test_whoever_needs_a_factor_gets_no_further_than_to_setting_it_up(client: Client, role: Role) -> None:
    make.program()
    person = make.staff(role, has_password=True)
    with settings(client.application, second_factors=True):
        client.as_(person)
        for address in ("/staff/", "/account/", "/account/password", "/staff/no-such/", "/staff/partners/"):
            answer = client.get(address)
            assert (answer.status_code, answer.location) in ((303, "/account/factors"), (404, None)), address
        assert client.post("/account/", data={"name": "Eve"}).location == "/account/factors"
        page = client.get("/account/factors")
        assert page.status_code == 200
        assert "calls for a second factor" in page.text
        assert client.post("/account/factors/app").location == "/account/factors/app"
        assert client.get("/account/factors/app").status_code == 200
        assert client.post("/logout").location == "/login"


def test_once_there_is_a_factor_everything_is_open(client: Client) -> None:
    make.program()
    person = make.staff(Role.AUDITOR, has_password=True)
    secret = with_app(person)
    with settings(client.application, second_factors=True):
        sign_in(client, person)
        client.post(STEP, data={"proof_code": code(secret)})
        assert client.get("/account/").status_code == 200


def test_a_session_without_the_factor_that_is_there_is_asked_for_it(client: Client) -> None:
    """An identity provider let the person in, or they came in before they had one."""
    make.program()
    person = make.staff(Role.AUDITOR)
    secret = with_app(person)
    with settings(client.application, second_factors=True):
        client.as_(person)
        assert client.get("/account/?a=1").location == "/account/proof?next=/account/?a%3D1"
        assert client.get("/account/factors").location.startswith("/account/proof"), "setting up is for who has none"
        answer = client.post("/account/proof?next=/account/", data={"proof_code": code(secret)})
        assert answer.location == "/account/"
        assert client.get("/account/").status_code == 200


@pytest.mark.parametrize(
    ("wanted", "member", "signatory"),
    [("required_roles", 200, 200), ("signatories", 200, 303), ("everyone", 303, 303)],
)
def test_the_program_says_who_else_needs_one(client: Client, wanted: str, member: int, signatory: int) -> None:
    make.program(second_factor_for=wanted)
    with settings(client.application, second_factors=True):
        for role, status in ((Role.PARTNER_MEMBER, member), (Role.PARTNER_SIGNATORY, signatory)):
            assert client.as_(make.partner_user(role)).get("/account/").status_code == status


def test_where_they_are_switched_off_nobody_needs_one(client: Client) -> None:
    make.program(second_factor_for="everyone")
    assert client.as_(make.staff(Role.PROGRAM_ADMIN)).get("/account/").status_code == 200


def test_whoever_has_one_is_asked_even_where_nobody_needs_one(client: Client, user: User) -> None:
    with_app(user)
    assert sign_in(client, user).location == STEP


def test_assets_and_health_need_no_factor(app: Flask, client: Client) -> None:
    make.program()
    with settings(app, second_factors=True):
        client.as_(make.staff(Role.AUDITOR))
        assert client.get("/healthz").status_code == 200
