"""An identity provider that others wrote, on this machine, and the way to it and back."""

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from werkzeug.test import TestResponse
from werkzeug.wrappers import Request, Response

from portal.sso.models import Connection
from tests.support.client import Client

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what its authors were told of other people's packages
    import oidc_provider_mock

asks_a_provider = pytest.mark.filterwarnings(
    "ignore::authlib.deprecate.AuthlibDeprecationWarning", "ignore:get_jwt_config:DeprecationWarning"
)
"""For tests that ask the provider: it runs in this process, and its warnings are its authors'."""
CALLBACK = "http://localhost/login/sso/callback"


@dataclass
class Provider:
    """An identity provider that runs. What passes between it and the portal can be looked at, and spoilt."""

    issuer: str = ""
    challenges: dict[str, str] = field(default_factory=dict)
    """By code: what the portal promised to show when it comes for the token."""
    asked: list[Request] = field(default_factory=list)
    spoil: Callable[[str, Response], Response] | None = None

    def knows(self, subject: str, **claims: Any) -> None:
        requests.put(f"{self.issuer}/users/{subject}", json=claims, timeout=5).raise_for_status()

    def person(self, subject: str, email: str, **claims: Any) -> None:
        self.knows(subject, **{"email": email, "email_verified": True, "name": "Somebody"} | claims)

    def register(self) -> tuple[str, str]:
        """A client ID and the secret that belongs to it."""
        body = {"redirect_uris": [CALLBACK]}
        answer = requests.post(f"{self.issuer}/oauth2/clients", json=body, timeout=5).json()
        return answer["client_id"], answer["client_secret"]

    def sign_in(self, url: str, subject: str) -> str:
        """What somebody does in front of the provider's own page; where they are sent back to."""
        answer = requests.post(url, data={"sub": subject}, allow_redirects=False, timeout=5)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]


@contextmanager
def provider() -> Iterator[Provider]:
    made = Provider()
    app = oidc_provider_mock.app(require_client_registration=False, require_nonce=True)
    inner = app.wsgi_app

    def watched(environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        environ["wsgi.input"] = BytesIO(request.get_data(cache=True, parse_form_data=False))  # to be read once more
        made.asked.append(request)
        if request.path == "/oauth2/token":
            shown = create_s256_code_challenge(request.form["code_verifier"])
            if shown != made.challenges.get(request.form["code"], shown):
                return Response('{"error": "invalid_grant"}', 400, mimetype="application/json")(environ, start_response)
        response = Response.from_app(inner, environ)
        if request.path == "/oauth2/authorize" and (location := response.headers.get("Location")):
            for code in parse_qs(urlsplit(location).query).get("code", []):
                made.challenges[code] = request.args["code_challenge"]
        return (made.spoil(request.path, response) if made.spoil else response)(environ, start_response)

    app.wsgi_app = watched
    with oidc_provider_mock._server._threaded_server(app) as server:
        made.issuer = f"http://localhost:{server.server_port}"
        yield made


def come(client: Client, there: Provider, made: Connection, subject: str, *, ask_for: str = "") -> TestResponse:
    """The whole way: away to the provider, back from it, and in."""
    away = client.get(f"/login/sso/{made.ref}{ask_for}")
    assert away.status_code == 302, away.text
    return back(client, there.sign_in(away.location, subject))


def back(client: Client, location: str) -> TestResponse:
    """What the browser does with the address that it is sent back to."""
    parts = urlsplit(location)
    page = client.get(f"{parts.path}?{parts.query}")
    if page.status_code != 200:
        return page
    return client.post(parts.path, data=dict(re.findall(r'name="(state|code|iss)"[^>]* value="([^"]*)"', page.text)))
