"""What passes between this portal and an identity provider: OpenID Connect Core 1.0, the code flow with PKCE."""

import logging
import secrets
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portal.errors import Refused
from portal.later import later
from portal.sso.rules import is_safe

if TYPE_CHECKING:
    import requests
    from authlib.integrations import base_client, requests_client
    from authlib.oidc import core, discovery
    from joserfc import errors, jwk, jws, jwt

    from portal.sso import outside
else:
    requests, outside = later("requests"), later("portal.sso.outside")
    base_client, requests_client = (
        later("authlib.integrations.base_client"),
        later("authlib.integrations.requests_client"),
    )
    core, discovery = later("authlib.oidc.core"), later("authlib.oidc.discovery")
    errors, jwk, jws, jwt = later("joserfc.errors"), later("joserfc.jwk"), later("joserfc.jws"), later("joserfc.jwt")

log = logging.getLogger(__name__)

SCOPES = ("openid", "email", "profile")
GROUPS_SCOPE = "groups"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""What an ID token may be signed with: by keys that only the provider has."""
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
KEY_KINDS = ("RSA", "EC", "OKP")
METHODS = ("client_secret_basic", "client_secret_post")
LEEWAY_SECONDS = 60
KEPT_SECONDS = 3600
"""How long what a provider says of itself is taken from memory."""
QUIET_SECONDS = 15
"""How long one that did not answer is not asked again, so that nobody waits for it in a row."""

DOWN = "The identity provider does not answer. Try again in a minute."
NOT_ONE = "What answers at this address is no identity provider that this portal understands."
UNKNOWN = "The identity provider does not accept this portal. Whoever set it up has to look at client ID and secret."
AGAIN = "The identity provider takes this sign-in no more: it was used already, or it took too long. Begin again."
FALSE = "What the identity provider sent does not hold."


class ProviderFailed(Refused):
    """The provider, or what it said, let somebody down; the message is for them."""


@dataclass(frozen=True)
class Provider:
    """What a provider says of itself (OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    algorithms: tuple[str, ...]
    method: str
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Client:
    """What a provider knows this portal by."""

    issuer: str
    client_id: str
    secret: str
    redirect_uri: str
    local: bool
    """The provider may run on this machine."""


@dataclass(frozen=True)
class Asked:
    """What only whoever began the sign-in has; kept in their session until they are back."""

    state: str
    nonce: str
    verifier: str


_known: dict[str, tuple[float, Provider]] = {}
_keys: dict[str, tuple[float, "jwk.KeySet"]] = {}
_silent: dict[str, float] = {}


def discover(issuer: str, *, local: bool, anew: bool = False) -> Provider:
    """What the provider says of itself, at most an hour old. Raises ProviderFailed."""
    at = time.monotonic()
    kept, found = _known.get(issuer, (0.0, None))
    if found is not None and at - kept < KEPT_SECONDS and not anew:
        return found
    if not anew and at - _silent.get(issuer, -QUIET_SECONDS) < QUIET_SECONDS:
        raise ProviderFailed(DOWN)
    with _in_words(issuer), outside.guarded(requests.Session(), local=local) as session:
        provider = _read(_json(session, discovery.get_well_known_url(issuer, external=True)), issuer, local=local)
    _known[issuer] = (at, provider)
    return provider


def begin(
    client: Client, provider: Provider, *, wants_groups: bool, hint: str = "", again: bool = False
) -> tuple[str, Asked]:
    """Where to send the browser. `hint` is the address that was typed; `again` asks for a fresh proof."""
    asked = Asked(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))
    scopes = (*SCOPES, *((GROUPS_SCOPE,) if wants_groups and GROUPS_SCOPE in provider.scopes else ()))
    more = {"login_hint": hint} if hint else {}
    more |= {"prompt": "login", "max_age": "0"} if again else {}
    with _session(client, provider) as session:
        url, _ = session.create_authorization_url(
            provider.authorization_endpoint,
            state=asked.state,
            nonce=asked.nonce,
            code_verifier=asked.verifier,
            scope=" ".join(scopes),
            **more,
        )
    return url, asked


def claims(client: Client, provider: Provider, asked: Asked, code: str, *, wanted: Collection[str]) -> dict[str, Any]:
    """Trade the code for what the provider vouches for, checked. Raises ProviderFailed.

    `wanted` are claims that are asked for at the userinfo endpoint where the ID token leaves one out, which it may
    (Core 5.4)."""
    with _in_words(client.issuer), _session(client, provider) as session:
        token = session.fetch_token(
            provider.token_endpoint, grant_type="authorization_code", code=code, code_verifier=asked.verifier
        )
        if not isinstance(token.get("id_token"), str):
            raise ProviderFailed(FALSE)
        found = _id_token(session, client, provider, token, asked.nonce)
        if provider.userinfo_endpoint and not found.keys() >= set(wanted):
            more = _json(session, provider.userinfo_endpoint)
            if more.get("sub") != found["sub"]:
                raise ProviderFailed(FALSE)
            found = more | found
    return found


def check_fresh(found: Mapping[str, Any], began: float) -> None:
    """Raise `ProviderFailed` unless the person gave a factor after that instant (Core 3.1.2.1, max_age)."""
    given_at = found.get("auth_time")
    if not isinstance(given_at, int) or given_at < began - LEEWAY_SECONDS:
        raise ProviderFailed("The identity provider did not ask you again who you are.")


def _id_token(
    session: "requests_client.OAuth2Session", client: Client, provider: Provider, token: Mapping[str, Any], nonce: str
) -> dict[str, Any]:
    """The claims of the ID token (Core 3.1.3.7): signature, iss, aud, azp, exp, nonce, at_hash."""
    registry = jws.JWSRegistry(algorithms=list(provider.algorithms), strict_check_header=False)
    try:
        read = jwt.decode(token["id_token"], _key_set(session, provider), registry=registry)
    except (errors.InvalidKeyIdError, errors.BadSignatureError):  # keys are changed now and then
        read = jwt.decode(token["id_token"], _key_set(session, provider, anew=True), registry=registry)
    expected = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": client.client_id},
    }
    params = {"nonce": nonce, "client_id": client.client_id, "access_token": token.get("access_token")}
    checked = core.CodeIDToken(read.claims, read.header, expected, params)
    checked.validate(leeway=LEEWAY_SECONDS)
    if not checked["sub"] or len(checked["sub"]) > 255:
        raise ProviderFailed(FALSE)
    return dict(checked)


def _key_set(session: "requests_client.OAuth2Session", provider: Provider, *, anew: bool = False) -> "jwk.KeySet":
    at = time.monotonic()
    kept, found = _keys.get(provider.jwks_uri, (0.0, None))
    if found is None or anew or at - kept > KEPT_SECONDS:
        found = _read_keys(_json(session, provider.jwks_uri, withhold_token=True))
        _keys[provider.jwks_uri] = (at, found)
    return found


def _read_keys(said: Mapping[str, Any]) -> "jwk.KeySet":
    """The keys that sign; of kinds that are not known, and of those that encrypt, nothing is wanted (RFC 7517, 5)."""
    keys = said.get("keys")
    known = [each for each in keys if isinstance(each, dict)] if isinstance(keys, list) else []
    signing = [each for each in known if each.get("kty") in KEY_KINDS and each.get("use", "sig") == "sig"]
    if not signing:
        raise ProviderFailed(FALSE)
    return jwk.KeySet.import_key_set({"keys": signing})


def _session(client: Client, provider: Provider) -> "requests_client.OAuth2Session":
    session = requests_client.OAuth2Session(
        client.client_id,
        client.secret,
        token_endpoint_auth_method=provider.method,
        redirect_uri=client.redirect_uri,
        code_challenge_method="S256",
    )
    return outside.guarded(session, local=client.local)


def _json(session: "requests.Session", url: str, **more: Any) -> dict[str, Any]:
    answer = session.get(url, **more)
    answer.raise_for_status()
    found = answer.json()
    if not isinstance(found, dict):
        raise ProviderFailed(NOT_ONE)
    return found


def _read(said: Mapping[str, Any], issuer: str, *, local: bool) -> Provider:
    if str(said.get("issuer")).rstrip("/") != issuer.rstrip("/"):
        raise ProviderFailed("It says that it is another one. Take the issuer's address as the provider shows it.")
    authorization, token, keys, userinfo = (str(said.get(name) or "") for name in ENDPOINTS)
    if not all(is_safe(url, local=local) for url in (authorization, token, keys, userinfo or keys)):
        raise ProviderFailed(NOT_ONE)
    methods = _words(said.get("token_endpoint_auth_methods_supported")) or METHODS
    signed = _words(said.get("id_token_signing_alg_values_supported")) or ALGORITHMS
    method = next((each for each in METHODS if each in methods), None)
    algorithms = tuple(each for each in ALGORITHMS if each in signed)
    if method is None or not algorithms:
        raise ProviderFailed("It offers no safe way to prove this portal's secret, or to sign what it says.")
    scopes = _words(said.get("scopes_supported"))
    return Provider(said["issuer"], authorization, token, keys, userinfo, algorithms, method, scopes)


def _words(said: object) -> tuple[str, ...]:
    return tuple(each for each in said if isinstance(each, str)) if isinstance(said, list) else ()


@contextmanager
def _in_words(issuer: str) -> Iterator[None]:
    """What goes wrong on the way becomes a sentence; the log says more, and nothing secret."""
    try:
        yield
    except ProviderFailed:
        raise
    except base_client.OAuthError as failure:
        log.warning("%s refused: %s", issuer, failure.error)
        raise ProviderFailed(AGAIN if failure.error == "invalid_grant" else UNKNOWN) from failure
    except errors.ExpiredTokenError as failure:
        raise ProviderFailed(AGAIN) from failure
    except errors.JoseError as failure:
        log.warning("%s sent a token that does not hold: %s", issuer, failure)
        raise ProviderFailed(FALSE) from failure
    except (requests.RequestException, ValueError) as failure:
        _silent[issuer] = time.monotonic()
        log.warning("%s did not answer: %s", issuer, failure)
        raise ProviderFailed(DOWN) from failure
