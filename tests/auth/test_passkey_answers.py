"""What a passkey's answer has to be like to be taken, each part bent once."""

from typing import Any

import pytest
import sqlalchemy as sa

from portal import clock
from portal.auth.challenges import KEPT, Purpose, new, spend
from portal.auth.models import LoginSession, User
from portal.auth.rules import Factor
from portal.errors import Refused
from portal.extensions import db
from portal.scope import all_partners
from tests.support import make
from tests.support.client import Client, client_of
from tests.support.make import PASSWORD
from tests.support.soft_key import PRESENT, VERIFIED, SoftKey

STEP = "/login/second-factor"


@pytest.fixture
def user(client: Client) -> User:
    make.program()
    return with_factor(make.partner_user(has_password=True))


def with_factor(user: User) -> User:
    has_one = sa.update(User).where(User.id == user.id).values(factor_since=make.NOON)
    db.session.execute(all_partners(has_one, "a test"))
    db.session.commit()
    return user


def alone(client: Client, key: SoftKey, **bent: Any) -> int:
    """Sign in with the passkey and nothing else."""
    given = key.answer(client.get("/login/passkey").text, **bent)
    return client.post("/login/passkey", data={"passkey": given}).status_code


def after_password(client: Client, user: User, key: SoftKey, **bent: Any) -> int:
    client.post("/login", data={"email": user.email, "password": PASSWORD})
    given = key.answer(client.get(f"{STEP}/passkey").text, **bent)
    return client.post(STEP, data={"proof_passkey": given}).status_code


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_a_passkey_that_verified_its_owner_signs_in_alone(client: Client, user: User) -> None:
    assert alone(client, SoftKey(user)) == 303
    assert is_in(client)
    assert db.session.scalars(sa.select(LoginSession.factor)).all() == [Factor.PASSKEY]


def test_one_that_only_was_touched_is_a_second_factor_and_none_alone(client: Client, user: User) -> None:
    key = SoftKey(user)
    assert alone(client, key, flags=PRESENT) == 422
    assert not is_in(client)
    assert after_password(client, user, key, flags=PRESENT) == 303
    assert is_in(client)


BENT = [
    {"origin": "http://evil.example"},
    {"origin": "https://localhost"},
    {"host": "evil.example"},
    {"kind": "webauthn.create"},
    {"flags": VERIFIED},
]


@pytest.mark.parametrize("bent", BENT)
def test_an_answer_for_another_place_or_of_another_kind_is_refused(
    client: Client, user: User, bent: dict[str, Any]
) -> None:
    key = SoftKey(user)
    assert alone(client, key, **bent) == 422
    assert after_password(client, user, key, **bent) == 422
    assert not is_in(client)


def test_a_signature_of_another_key_is_refused(client: Client, user: User) -> None:
    key, other = SoftKey(user), SoftKey(user)
    other.id = key.id
    assert alone(client, other) == 422
    assert not is_in(client)


def test_somebody_elses_passkey_is_no_second_factor_of_mine(client: Client, user: User) -> None:
    theirs = SoftKey(with_factor(make.partner_user(has_password=True)))
    assert after_password(client, user, theirs) == 422
    assert not is_in(client)


def test_a_closed_account_is_not_opened(client: Client, user: User) -> None:
    key = SoftKey(user)
    closed = sa.update(User).where(User.id == user.id).values(disabled_at=make.NOON)
    db.session.execute(all_partners(closed, "a test"))
    db.session.commit()
    assert alone(client, key) == 422


def test_a_counter_that_stands_still_is_refused_and_one_that_never_counts_is_not(client: Client, user: User) -> None:
    key = SoftKey(user)
    assert alone(client, key) == 303
    key.count = 1
    assert alone(client.signed_out(), key) == 422
    silent = SoftKey(user)
    for _ in range(2):
        silent.count = 0
        assert alone(client.signed_out(), silent) == 303


def test_an_answer_is_taken_once_even_with_the_cookie_of_before(client: Client, user: User) -> None:
    """A passkey that does not count, so that nothing but the challenge tells."""
    key = SoftKey(user)
    key.count = 0
    given = {"passkey": key.answer(client.get("/login/passkey").text)}
    with client.session_transaction() as session:
        before = dict(session)
    assert client.post("/login/passkey", data=given).status_code == 303
    thief = client_of(client.application)
    with thief.session_transaction() as session:
        session.update(before)
    page = thief.post("/login/passkey", data=given)
    assert page.status_code == 422
    assert "was sent twice" in page.text
    assert not is_in(thief)


def test_an_answer_to_another_browser_is_refused(client: Client, user: User) -> None:
    key, other = SoftKey(user), client_of(client.application)
    given = key.answer(client.get("/login/passkey").text)
    other.get("/login/passkey")
    assert other.post("/login/passkey", data={"passkey": given}).status_code == 422


def test_a_challenge_to_sign_in_is_none_to_prove_with(client: Client, user: User) -> None:
    key = SoftKey(user)
    assert alone(client, key) == 303
    other = client.get("/account/proof/passkey").text
    with client.session_transaction() as session:
        kept = session[KEPT]
        session[KEPT] = {Purpose.SIGN_IN: kept[Purpose.PROOF]}
    page = client.post("/account/proof", data={"proof_passkey": key.answer(other)})
    assert page.status_code == 422


def test_a_challenge_is_spent_with_its_first_use(client: Client) -> None:
    now = clock.now()
    with client.application.test_request_context():
        challenge = new(Purpose.PROOF, now)
        assert spend(Purpose.PROOF, now) == challenge
        with pytest.raises(Refused):
            spend(Purpose.PROOF, now)
