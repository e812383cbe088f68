import time
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.auth import throttles
from portal.auth.models import LoginSession, Throttle
from portal.auth.passwords import common_passwords, is_right
from portal.auth.rules import TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS, Role
from portal.errors import TooManyTries
from portal.extensions import db
from tests.support import make
from tests.support.client import Client
from tests.support.make import PASSWORD

WRONG = "This address and this password do not belong together."


def test_a_partner_lands_at_home_and_staff_at_the_queue(client: Client) -> None:
    for user, home in ((make.partner_user(has_password=True), "/"), (make.staff(has_password=True), "/staff/")):
        answer = client.signed_out().post("/login", data={"email": f" {user.email.upper()} ", "password": PASSWORD})
        assert (answer.status_code, answer.location) == (303, home)
        assert client.get("/account/").status_code == 200


def test_one_comes_to_the_page_that_was_asked_for(client: Client) -> None:
    make.program()
    user = make.partner_user(has_password=True)
    asked = client.get("/team/?a=1")
    assert asked.status_code == 302
    answer = client.post(asked.location, data={"email": user.email, "password": PASSWORD})
    assert answer.location == "/team/?a=1"


def test_an_address_of_another_site_is_not_gone_to(client: Client) -> None:
    user = make.partner_user(has_password=True)
    answer = client.post("/login?next=//evil.example/", data={"email": user.email, "password": PASSWORD})
    assert answer.location == "/"


def test_whoever_is_signed_in_is_sent_home(client: Client) -> None:
    make.program()
    assert client.as_(make.staff()).get("/login").location == "/staff/"
    assert client.as_(make.partner_user()).get("/login").location == "/"


def test_an_unknown_address_is_answered_like_a_wrong_password(client: Client) -> None:
    known, closed, invited = (
        make.partner_user(has_password=True),
        make.partner_user(has_password=True, disabled_at=make.NOON),
        make.partner_user(),
    )
    tries = [
        (known.email, "not this one, no"),
        (closed.email, PASSWORD),
        (invited.email, PASSWORD),
        ("nobody@lane.example", PASSWORD),
    ]
    pages = []
    for email, password in tries:
        page = client.post("/login", data={"email": email, "password": password})
        assert page.status_code == 422
        assert WRONG in page.text
        assert password not in page.text
        pages.append(page.text.replace(email, "…"))
    assert len({_without_tokens(page) for page in pages}) == 1


def test_a_password_is_compared_where_there_is_none_too(app: Flask) -> None:
    is_right("warm", None)
    started = time.perf_counter()
    assert not is_right("anything at all", None)
    assert time.perf_counter() - started > 0.005


def test_nobody_is_signed_in_without_the_token_of_the_form(client: Client) -> None:
    user = make.partner_user(has_password=True)
    page = client.post("/login", data={"email": user.email, "password": PASSWORD}, bare=True)
    assert page.status_code == 400
    assert db.session.scalar(sa.select(sa.func.count(LoginSession.id))) == 0


@pytest.mark.parametrize(
    ("email", "password", "sentence"),
    [
        ("", "", "Please give the mail address."),
        ("no address", "x", "This is not a mail address."),
        ("a" * 10_000, "x", "up to 254 characters"),
        ("ana@lane.example", "x" * 10_000, "longer than any password"),
    ],
)
def test_odd_input_is_answered_with_a_sentence(client: Client, email: str, password: str, sentence: str) -> None:
    page = client.post("/login", data={"email": email, "password": password})
    assert page.status_code == 422
    assert sentence in page.text


def test_a_nul_is_refused(client: Client) -> None:
    assert client.post("/login", data={"email": "a\x00@lane.example", "password": "x"}).status_code == 400


def test_after_ten_tries_at_an_account_there_is_a_pause_for_it_alone(client: Client) -> None:
    user, other = make.partner_user(has_password=True), make.partner_user(has_password=True)
    for _ in range(TRIES_PER_ACCOUNT):
        assert client.post("/login", data={"email": user.email, "password": "no, not this"}).status_code == 422
    page = client.post("/login", data={"email": user.email, "password": PASSWORD})
    assert page.status_code == 429
    assert 0 < int(page.headers["Retry-After"]) <= 900
    assert client.post("/login", data={"email": other.email, "password": PASSWORD}).status_code == 303


def test_an_address_that_nobody_has_pauses_the_same(client: Client) -> None:
    for _ in range(TRIES_PER_ACCOUNT):
        client.post("/login", data={"email": "nobody@lane.example", "password": "no, not this"})
    assert client.post("/login", data={"email": "nobody@lane.example", "password": PASSWORD}).status_code == 429


def test_tries_from_one_network_address_are_counted_over_all_accounts(app: Flask) -> None:
    now = make.NOON
    for n in range(TRIES_PER_ADDRESS):
        throttles.count_sign_in(f"user{n}@lane.example", "203.0.113.7", now)
    with pytest.raises(TooManyTries) as pause:
        throttles.count_sign_in("another@lane.example", "203.0.113.7", now)
    assert now < pause.value.until <= now + timedelta(minutes=15)
    throttles.count_sign_in("another@lane.example", "203.0.113.8", now)
    throttles.count_sign_in("another@lane.example", "203.0.113.7", pause.value.until)
    assert not db.session.scalar(sa.select(Throttle).where(Throttle.window_start < now)), "past windows are forgotten"


def test_the_right_password_clears_the_tries(client: Client) -> None:
    user = make.partner_user(has_password=True)
    for _ in range(2):
        for _ in range(TRIES_PER_ACCOUNT - 1):
            client.post("/login", data={"email": user.email, "password": "no, not this"})
        assert client.post("/login", data={"email": user.email, "password": PASSWORD}).status_code == 303
        client.signed_out()


def test_signing_out_ends_the_session_for_good(client: Client) -> None:
    user = make.partner_user(has_password=True)
    client.post("/login", data={"email": user.email, "password": PASSWORD})
    with client.session_transaction() as session:
        token = session["_user_id"]
    assert client.post("/logout").location == "/login"
    assert client.get("/account/").status_code == 302
    with client.session_transaction() as session:
        session["_user_id"] = token
    assert client.get("/account/").status_code == 302


def test_a_new_session_is_begun_at_each_sign_in(client: Client) -> None:
    user = make.partner_user(Role.PARTNER_MEMBER, has_password=True)
    tokens = set()
    for _ in range(2):
        client.post("/login", data={"email": user.email, "password": PASSWORD})
        with client.session_transaction() as session:
            tokens.add(session.pop("_user_id"))
    assert len(tokens) == 2


def test_the_list_of_common_passwords_is_there_and_short() -> None:
    assert {"qwerty123456", "1q2w3e4r5t6y"} <= common_passwords()
    assert 100 < len(common_passwords()) < 1000


def _without_tokens(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrf_token" not in line)
