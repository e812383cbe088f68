"""An address that somebody typed leads to the outside only, once, for a little."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from requests import RequestException, Session
from werkzeug.wrappers import Request, Response

from portal.sso import outside, provider
from portal.sso.outside import MOST_BYTES, guarded
from portal.sso.provider import ProviderFailed, discover
from tests.support.servers import serving


@pytest.fixture
def answers() -> Iterator[dict[str, Any]]:
    """What a server on this machine says, by path, and its address."""
    said: dict[str, Any] = {}

    def app(environ: Any, start_response: Any) -> Any:
        answer = said[Request(environ).path]
        return (answer if isinstance(answer, Response) else answer())(environ, start_response)

    with serving(app) as address:
        said["address"] = address
        yield said


def get(url: str, *, local: bool) -> bytes:
    with guarded(Session(), local=local) as session:
        return session.get(url).content


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "192.168.0.1", "169.254.169.254", "[::ffff:10.0.0.1]"]
)
def test_no_address_of_the_inside_is_asked(host: str) -> None:
    with pytest.raises(RequestException) as failure:
        get(f"http://{host}:9/", local=False)
    assert type(failure.value).__name__ == "InvalidIPAddress"


def test_this_machine_is_asked_where_the_portal_is_on_it_too(answers: dict[str, Any]) -> None:
    answers["/"] = Response("here")
    assert get(answers["address"], local=True) == b"here"
    with pytest.raises(RequestException):
        get("http://10.0.0.1:9/", local=True)


def test_nobody_is_followed(answers: dict[str, Any]) -> None:
    answers["/"] = Response("", 302, {"Location": "/next"})
    with pytest.raises(RequestException):
        get(answers["address"], local=True)


def test_no_more_is_read_than_a_provider_says(answers: dict[str, Any]) -> None:
    answers["/"] = Response(b"x" * (MOST_BYTES + 1))
    with pytest.raises(outside.TooMuch):
        get(answers["address"], local=True)


def test_whoever_drips_is_not_waited_for(answers: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "SECONDS", 0.2)

    def drip() -> Iterator[bytes]:
        for _ in range(100):
            threading.Event().wait(0.05)
            yield b"x"

    answers["/"] = lambda: Response(drip())
    started = time.monotonic()
    with pytest.raises(outside.TooMuch):
        get(answers["address"], local=True)
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"issuer": "https://another.example"}, "says that it is another one"),
        ({"authorization_endpoint": None}, provider.NOT_ONE),
        ({"token_endpoint": "http://login.example.com/token"}, provider.NOT_ONE),
        ({"jwks_uri": "file:///etc/passwd"}, provider.NOT_ONE),
        ({"userinfo_endpoint": "http://login.example.com/me"}, provider.NOT_ONE),
        ({"id_token_signing_alg_values_supported": ["HS256", "none"]}, "no safe way"),
        ({"token_endpoint_auth_methods_supported": ["private_key_jwt"]}, "no safe way"),
    ],
    ids=str,
)
def test_what_a_provider_says_of_itself_is_looked_at(answers: dict[str, Any], said: dict[str, Any], why: str) -> None:
    issuer = answers["address"]
    document = dict.fromkeys(("authorization_endpoint", "token_endpoint", "jwks_uri"), f"{issuer}/x")
    answers["/.well-known/openid-configuration"] = as_json({"issuer": issuer} | document)
    assert discover(issuer, local=True, anew=True).method == "client_secret_basic"
    answers["/.well-known/openid-configuration"] = as_json({"issuer": issuer} | document | said)
    with pytest.raises(ProviderFailed, match=why):
        discover(issuer, local=True, anew=True)


@pytest.mark.parametrize("said", ["[]", "no JSON", "7", "null", ""])
def test_what_is_no_document_is_told(answers: dict[str, Any], said: str) -> None:
    answers["/.well-known/openid-configuration"] = Response(said, mimetype="application/json")
    with pytest.raises(ProviderFailed):
        discover(answers["address"], local=True)


def test_it_is_asked_once_an_hour_and_a_silent_one_not_at_once_again(answers: dict[str, Any]) -> None:
    issuer, asked = answers["address"], []

    def document() -> Response:
        asked.append(1)
        endpoints = dict.fromkeys(("authorization_endpoint", "token_endpoint", "jwks_uri"), f"{issuer}/x")
        return as_json({"issuer": issuer} | endpoints) if len(asked) > 1 else Response("later", 503)

    answers["/.well-known/openid-configuration"] = document
    for _ in range(2):
        with pytest.raises(ProviderFailed):
            discover(issuer, local=True)
    assert len(asked) == 1
    discover(issuer, local=True, anew=True)
    discover(issuer, local=True)
    assert len(asked) == 2


def as_json(said: dict[str, Any]) -> Response:
    return Response(json.dumps(said), mimetype="application/json")
