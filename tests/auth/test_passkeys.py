"""Passkeys: what is asked of the browser, what it may not answer, and how they are kept."""

import json
from typing import Any

import pytest

from portal.auth import factors, queries
from portal.auth.challenges import KEPT, LIFE
from portal.auth.factor_models import Passkey
from portal.auth.models import User
from portal.auth.rules import Factor, Role
from tests.support import make
from tests.support.client import Client
from tests.support.factors import proven, settings, with_app


@pytest.fixture
def user(client: Client) -> User:
    make.program()
    user = make.partner_user(has_password=True)
    client.as_(user)
    return user


def passkey_of(user: User, **given: Any) -> Passkey:
    usual = {
        "ref": f"K-{make.number():06}",
        "user_id": user.id,
        "name": "Blue key",
        "credential_id": f"AAAA{make.number():04}",
        "public_key": "AAAA",
        "sign_count": 0,
        "transports": ["usb"],
        "is_synced": False,
        "created_at": make.NOON,
    }
    return make.saved(Passkey(**usual | given))


def test_the_options_name_the_host_and_a_challenge_that_is_new_each_time(client: Client, user: User) -> None:
    first, second = (json.loads(client.get("/account/factors/passkeys/options").text) for _ in range(2))
    assert first["rp"]["id"] == "localhost"
    assert first["user"]["name"] == user.email
    assert first["challenge"] != second["challenge"]
    passkey_of(user, credential_id="AAAAAAAA")
    options = json.loads(client.get("/account/factors/passkeys/options").text)
    assert [each["id"] for each in options["excludeCredentials"]] == ["AAAAAAAA"]
    asked = json.loads(client.signed_out().get("/login/passkey").text)
    assert asked["userVerification"] == "required"
    assert not asked.get("allowCredentials"), "nobody is named who has not said who they are"


HOSTILE = [
    "",
    "no json",
    "[]",
    "1e999",
    "{}",
    '{"id": 1}',
    '{"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}}',
    '{"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": 1}',
    '{"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {"clientDataJSON": "!", '
    '"attestationObject": "!", "authenticatorData": "!", "signature": "!"}}',
    '{"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {"clientDataJSON": "e30", "attestationObject":'
    ' "oA", "authenticatorData": "AAAA", "signature": "AAAA", "userHandle": 5, "transports": [[], {}, 1]}}',
    "[" * 30_000,
    "[" * 10_000,
    json.dumps({"id": "A" * 30_000}),
]


@pytest.mark.parametrize("answer", HOSTILE)
def test_an_answer_that_is_none_is_refused_in_words(client: Client, user: User, answer: str) -> None:
    passkey_of(user, credential_id="AAAA")
    client.get("/account/factors/passkeys/options")
    page = client.post("/account/factors/passkeys", data={"name": "Blue key", "answer": answer})
    assert page.status_code == 422
    assert len(factors.of(user).passkeys) == 1
    client.get("/account/proof/passkey")
    assert client.post("/account/proof", data={"proof_passkey": answer}).status_code == 422
    client.signed_out().get("/login/passkey")
    assert client.post("/login/passkey", data={"passkey": answer}).status_code == 422
    assert client.get("/account/").status_code == 302


def test_a_challenge_is_for_one_purpose_and_grows_old(client: Client, user: User) -> None:
    client.get("/account/proof/passkey")
    page = client.post("/account/factors/passkeys", data={"name": "Blue key", "answer": "{}"})
    assert "That took too long, or was sent twice." in page.text
    client.get("/account/factors/passkeys/options")
    with client.session_transaction() as session:
        text, at = session[KEPT]["new"]
        session[KEPT] = {"new": [text, at - LIFE.total_seconds() - 1]}
    page = client.post("/account/factors/passkeys", data={"name": "Blue key", "answer": "{}"})
    assert "That took too long, or was sent twice." in page.text


def test_a_passkey_is_named_anew_and_removed_by_its_owner_only(client: Client, user: User) -> None:
    own, others = passkey_of(user), passkey_of(make.partner_user())
    address = f"/account/factors/passkeys/{own.ref}"
    assert client.post(address, data={"name": "Red key"}).status_code == 303
    assert client.post(address, data={"name": ""}).status_code == 422
    assert [each.name for each in factors.of(user).passkeys] == ["Red key"]
    for path in (f"/account/factors/passkeys/{others.ref}", f"/account/factors/passkeys/{others.ref}/removal"):
        assert client.post(path, data={"name": "Eve"}).status_code == 404
    assert client.post(f"{address}/removal").status_code == 303
    assert not factors.of(user).passkeys


def test_one_of_two_factors_can_go_and_the_other_keeps_counting(client: Client) -> None:
    make.program()
    auditor = make.staff(Role.AUDITOR)
    with_app(auditor)
    passkey = passkey_of(auditor)
    client.as_(auditor)
    proven(auditor, Factor.TOTP)
    with settings(client.application, second_factors=True):
        assert client.post(f"/account/factors/passkeys/{passkey.ref}/removal").status_code == 303
        assert queries.oneself(auditor).factor_since is not None
        assert client.post("/account/factors/app/removal").status_code == 409


def test_at_an_address_without_a_name_an_app_is_offered_instead(client: Client, user: User) -> None:
    with settings(client.application, public_url="http://127.0.0.1:8000"):
        page = client.get("/account/factors").text
        assert "Passkeys belong to an address with a name." in page
        assert "Add a passkey" not in page
        assert "passkey" not in client.signed_out().get("/login").text.lower()
        assert client.get("/login/passkey").status_code == 409
