"""A sign-in under way: what the browser keeps, signed, while the person is at their identity provider. Counts once."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any

from flask import current_app, session

from portal.config import LOOPBACK, Settings
from portal.errors import Refused
from portal.sso import provider
from portal.sso.models import Connection
from portal.sso.provider import Asked, Client
from portal.sso.rules import FLOW_LASTS
from portal.sso.sealing import secret_of
from portal.vault import CannotUnseal

CALLBACK = "/login/sso/callback"
KEPT = "sso"
HINT = "sso_hint"
STRAY = "This sign-in was not begun in this browser, was used already, or took longer than ten minutes. Begin again."
UNREADABLE = "The secret of this sign-in cannot be read. Whoever set it up has to give it anew."


@dataclass(frozen=True)
class UnderWay:
    ref: str
    """The connection's."""
    asked: Asked
    wanted: str | None
    """The page that was asked for."""
    proves: bool
    """Somebody who is signed in shows once more who they are."""
    began: float


def is_local() -> bool:
    """Whether this portal is somebody's own machine, where a provider may run too."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.public_host.rsplit(":", 1)[0].strip("[]") in LOOPBACK


def redirect_uri() -> str:
    """Where a provider sends people back to; it has to know this address beforehand."""
    return public(CALLBACK)


def public(path: str) -> str:
    """The whole address of one of our pages, as people type it."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.public_url + path


def client_of(connection: Connection) -> Client:
    """Raises Refused where the secret cannot be read."""
    try:
        secret = secret_of(connection)
    except CannotUnseal as failure:
        raise Refused(UNREADABLE) from failure
    return Client(
        issuer=connection.issuer,
        client_id=connection.client_id,
        secret=secret,
        redirect_uri=redirect_uri(),
        local=is_local(),
    )


def begin(connection: Connection, *, wanted: str | None, now: datetime, proves: bool = False) -> str:
    """Where to send the browser. Raises Refused."""
    client = client_of(connection)
    found = provider.discover(client.issuer, local=client.local)
    groups, hint = bool(connection.groups_by_role), str(session.pop(HINT, ""))
    url, asked = provider.begin(client, found, wants_groups=groups, hint=hint, again=proves)
    under_way = UnderWay(connection.ref, asked, wanted, proves, now.timestamp())
    session[KEPT] = asdict(under_way)
    return url


def is_ours(state: str, now: datetime) -> bool:
    """Whether what came back belongs to what this browser began; it stays under way."""
    return _read(session.get(KEPT), state, now) is not None


def take(state: str, now: datetime) -> UnderWay:
    """What this browser began, once. Raises Refused for anything else."""
    found = _read(session.pop(KEPT, None), state, now)
    if found is None:
        raise Refused(STRAY)
    return found


def _read(kept: dict[str, Any] | None, state: str, now: datetime) -> UnderWay | None:
    if kept is None or not compare_digest(kept["asked"]["state"].encode(), state.encode()):
        return None
    if now - datetime.fromtimestamp(kept["began"], UTC) > FLOW_LASTS:
        return None
    return UnderWay(**kept | {"asked": Asked(**kept["asked"])})
