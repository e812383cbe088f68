"""What goes wrong on the way ends with a page that says so, never with a session and never with a fault of ours."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
import sqlalchemy as sa
from joserfc import jws, jwt
from joserfc.jwk import OctKey, RSAKey
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from portal.auth.models import User
from portal.auth.rules import Role
from portal.extensions import db
from portal.scope import owned_by
from portal.sso import arrivals, flow, provider, views
from portal.sso.models import Connection
from portal.sso.rules import FLOW_LASTS
from tests.support import fees, make, sign_on
from tests.support.client import Client
from tests.support.identity_provider import Provider, asks_a_provider, back, come
from tests.support.sign_on import CLIENT_ID

pytestmark = asks_a_provider
ANA = "ana@brightwater.example"
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "other"})


@pytest.fixture
def lead(client: Client) -> User:
    make.program()
    return make.partner_user(partner_id=fees.company().id, email=ANA, has_password=True)


@pytest.fixture
def made(lead: User, there: Provider) -> Connection:
    there.person("ana", ANA)
    return sign_on.connection(lead, issuer=there.issuer)


def refused(client: Client, answer: TestResponse, why: str) -> None:
    assert answer.status_code == 422, answer.text
    assert why in answer.text
    assert client.get("/account/").status_code == 302


def begun(client: Client, there: Provider, made: Connection) -> str:
    """Back from the provider, before the portal looks at it."""
    return there.sign_in(client.get(f"/login/sso/{made.ref}").location, "ana")


def changed(location: str, **given: str | None) -> str:
    query = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()} | given
    kept = {name: value for name, value in query.items() if value is not None}
    return f"{urlsplit(location).path}?{urlencode(kept)}"


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"nonce": "another"}, provider.FALSE),
        ({"aud": "another"}, provider.FALSE),
        ({"aud": "another", "azp": CLIENT_ID}, provider.FALSE),
        ({"aud": [CLIENT_ID, "another"]}, provider.FALSE),
        ({"aud": [CLIENT_ID, "another"], "azp": "another"}, provider.FALSE),
        ({"azp": "another"}, provider.FALSE),
        ({"iss": "https://another.example"}, provider.FALSE),
        ({"exp": 1}, provider.AGAIN),
        ({"exp": "never"}, provider.FALSE),
        ({"exp": None}, provider.FALSE),
        ({"at_hash": "another"}, provider.FALSE),
        ({"email_verified": False}, "does not say that your mail address was verified"),
        ({"email_verified": "no"}, "does not say that your mail address was verified"),
        ({"email": None}, "did not tell your mail address"),
        ({"email": ["a@brightwater.example"]}, "did not tell your mail address"),
        ({"email": "ana@elsewhere.example"}, "at a domain that this sign-in is not for"),
        ({"email": "ana@sub.brightwater.example"}, "at a domain that this sign-in is not for"),
        ({"email": "ana@brightwater.example@elsewhere.example"}, "at a domain that this sign-in is not for"),
    ],
    ids=str,
)
def test_a_token_that_says_otherwise(
    client: Client, made: Connection, there: Provider, claims: dict[str, Any], why: str
) -> None:
    there.person("ana", **{"email": ANA} | claims)
    refused(client, come(client, there, made, "ana"), why)


def test_several_audiences_are_fine_where_the_token_was_made_for_us(
    client: Client, made: Connection, there: Provider
) -> None:
    there.person("ana", ANA, aud=[CLIENT_ID, "another"], azp=CLIENT_ID)
    assert come(client, there, made, "ana").location == "/"


def signed(claims: dict[str, Any], alg: str, key: Any) -> str:
    return jwt.encode({"alg": alg}, claims, key, algorithms=[alg])


def unsigned(claims: dict[str, Any]) -> str:
    parts = (urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in ({"alg": "none"}, claims))
    return ".".join([*parts, ""])


@pytest.mark.parametrize(
    "forge",
    [
        lambda token, claims: token[:-8] + ("A" * 8 if token[-8:] != "A" * 8 else "B" * 8),
        lambda token, claims: signed(claims, "RS256", OTHER_KEY),
        lambda token, claims: signed(claims, "HS256", OctKey.import_key(sign_on.SECRET)),
        lambda token, claims: unsigned(claims),
        lambda token, claims: "not a token",
        lambda token, claims: None,
        lambda token, claims: 7,
    ],
    ids=["altered", "another key", "our own secret", "unsigned", "no token", "left out", "a number"],
)
def test_a_signature_that_is_not_the_providers(
    client: Client, made: Connection, there: Provider, forge: Callable[[str, dict[str, Any]], Any]
) -> None:
    def spoil(path: str, response: Response) -> Response:
        if path == "/oauth2/token":
            said = json.loads(response.get_data())
            claims = json.loads(jws.extract_compact(said["id_token"].encode()).payload)
            said["id_token"] = forge(said["id_token"], claims)
            response.set_data(json.dumps(said))
        return response

    there.spoil = spoil
    refused(client, come(client, there, made, "ana"), provider.FALSE)


def test_keys_that_changed_are_looked_up_anew(client: Client, made: Connection, there: Provider) -> None:
    there.spoil = lambda path, response: keys([OTHER_KEY.as_dict(private=False)]) if path == "/jwks" else response
    refused(client, come(client, there, made, "ana"), provider.FALSE)
    there.spoil = None
    assert come(client, there, made, "ana").location == "/"


@pytest.mark.parametrize("said", [[], [{"kty": "oct", "k": "AAAA"}], ["a word"], [{"kty": "RSA"}], "none"], ids=str)
def test_keys_that_are_none(client: Client, made: Connection, there: Provider, said: Any) -> None:
    there.spoil = lambda path, response: keys(said) if path == "/jwks" else response
    answer = come(client, there, made, "ana")
    assert answer.status_code == 422
    assert client.get("/account/").status_code == 302


def keys(said: Any) -> Response:
    return Response(json.dumps({"keys": said}), mimetype="application/json")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"state": "another"}, flow.STRAY),
        ({"state": None}, flow.STRAY),
        ({"code": None}, views.DECLINED),
        ({"code": "another"}, provider.AGAIN),
        ({"iss": "https://another.example"}, views.OTHERS),
        ({"code": None, "error": "access_denied", "error_description": "Call 555 now"}, views.DECLINED),
    ],
    ids=str,
)
def test_what_comes_back_altered(
    client: Client, made: Connection, there: Provider, change: dict[str, str | None], why: str
) -> None:
    answer = back(client, changed(begun(client, there, made), **change))
    refused(client, answer, why)
    assert "555" not in answer.text


def test_the_state_is_looked_at_again_when_the_form_is_sent(client: Client, made: Connection, there: Provider) -> None:
    query = parse_qs(urlsplit(begun(client, there, made)).query)
    answer = client.post("/login/sso/callback", data={"state": "another", "code": query["code"][0]})
    refused(client, answer, flow.STRAY)


def test_a_sign_in_that_was_begun_in_another_browser(client: Client, made: Connection, there: Provider) -> None:
    location = begun(client, there, made)
    client.signed_out()
    refused(client, back(client, location), flow.STRAY)


def test_a_code_of_somebody_elses_sign_in(client: Client, made: Connection, there: Provider) -> None:
    """Their code, put into what this browser began: the verifier that belongs to it is not here."""
    code = parse_qs(urlsplit(begun(client, there, made)).query)["code"][0]
    client.signed_out()
    refused(client, back(client, changed(begun(client, there, made), code=code)), provider.AGAIN)


def test_whoever_takes_too_long(client: Client, made: Connection, there: Provider) -> None:
    location = begun(client, there, made)
    with client.session_transaction() as session:
        session[flow.KEPT] = session[flow.KEPT] | {"began": time.time() - FLOW_LASTS.total_seconds() - 1}
    refused(client, back(client, location), flow.STRAY)


def test_whoever_says_no_there(client: Client, made: Connection, there: Provider) -> None:
    away = client.get(f"/login/sso/{made.ref}").location
    answer = requests.post(away, data={"action": "deny"}, allow_redirects=False, timeout=5)
    state = parse_qs(urlsplit(away).query)["state"][0]
    refused(client, back(client, changed(answer.headers["Location"], state=state)), views.DECLINED)


def test_a_provider_that_does_not_answer(client: Client, lead: User) -> None:
    made = sign_on.connection(lead)
    refused(client, client.get(f"/login/sso/{made.ref}"), provider.DOWN)


def test_a_provider_that_goes_away_meanwhile(client: Client, made: Connection, there: Provider) -> None:
    location = begun(client, there, made)
    there.spoil = lambda path, response: Response("later", 503)
    refused(client, back(client, location), provider.DOWN)


def test_one_that_failed_is_not_tried_again(client: Client, made: Connection, there: Provider) -> None:
    location = begun(client, there, made)
    there.spoil = lambda path, response: Response("later", 503)
    refused(client, back(client, location), provider.DOWN)
    there.spoil = None
    refused(client, back(client, location), flow.STRAY)


def test_a_secret_that_the_provider_does_not_know(client: Client, lead: User, there: Provider) -> None:
    client_id, secret = there.register()
    there.person("ana", ANA)
    made = sign_on.connection(lead, issuer=there.issuer, client_id=client_id, secret=f"not {secret}")
    refused(client, come(client, there, made, "ana"), provider.UNKNOWN)


def test_the_secret_that_it_knows(client: Client, lead: User, there: Provider) -> None:
    client_id, secret = there.register()
    there.person("ana", ANA)
    made = sign_on.connection(lead, issuer=there.issuer, client_id=client_id, secret=secret)
    assert come(client, there, made, "ana").location == "/"


def test_a_secret_that_cannot_be_read_any_more(client: Client, made: Connection, lead: User) -> None:
    assert made.partner_id
    other = sa.update(Connection).where(Connection.ref == made.ref).values(client_secret_sealed="k9.AAAA")
    db.session.execute(owned_by(other, made.partner_id))
    db.session.commit()
    refused(client, client.get(f"/login/sso/{made.ref}"), flow.UNREADABLE)


def test_somebody_elses_userinfo(client: Client, made: Connection, there: Provider) -> None:
    there.knows("ana", email=ANA)

    def spoil(path: str, response: Response) -> Response:
        said = {"sub": "another", "email": ANA, "email_verified": True}
        return Response(json.dumps(said), mimetype="application/json") if path == "/userinfo" else response

    there.spoil = spoil
    refused(client, come(client, there, made, "ana"), provider.FALSE)


def test_one_that_was_switched_off_meanwhile(client: Client, made: Connection, there: Provider, lead: User) -> None:
    location = begun(client, there, made)
    switched_off = sign_on.now_of(made)
    switched_off.enabled_at = None
    db.session.commit()
    refused(client, back(client, location), views.OFF)
    assert client.get(f"/login/sso/{made.ref}").status_code == 404


@pytest.mark.parametrize("path", ["?state[]=1", "?code=1&code=2", "?state=%C3%A9&code=%F0", "?error", "?iss=x"])
def test_addresses_that_nobody_sent(client: Client, lead: User, path: str) -> None:
    assert client.get(f"/login/sso/callback{path}").status_code == 422


def test_no_more_than_so_many_tries(client: Client, lead: User) -> None:
    statuses = {client.post("/login/sso/callback", data={"state": "é", "code": "x"}).status_code for _ in range(3)}
    assert statuses == {422}


def test_the_provider_of_one_company_opens_no_account_of_another(client: Client, there: Provider, lead: User) -> None:
    """Not even where their person has an address in this company's domain."""
    made = sign_on.connection(lead, issuer=there.issuer, creates_accounts=True)
    for theirs in (
        make.partner_user(partner_id=fees.company().id, email="kim@brightwater.example", has_password=True),
        make.staff(email="sam@brightwater.example", has_password=True),
    ):
        there.person(theirs.ref, theirs.email)
        refused(client, come(client, there, made, theirs.ref), arrivals.NO_ACCOUNT)


def test_the_provider_of_staff_opens_no_account_of_a_partner(client: Client, there: Provider, lead: User) -> None:
    admin = make.staff(Role.PROGRAM_ADMIN, has_password=True)
    roles = frozenset({Role.QUALIFIER})
    made = sign_on.connection(
        admin, issuer=there.issuer, domains=("brightwater.example",), creates_accounts=True, default_roles=roles
    )
    there.person("ana", ANA)
    refused(client, come(client, there, made, "ana"), arrivals.NO_ACCOUNT)
