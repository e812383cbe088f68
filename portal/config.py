"""Settings: from the environment, or from `.env` in PORTAL_HOME. Nothing else reads the environment."""

import base64
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from portal.errors import Refused

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
REPLY_LOCAL_MOST = 19


@dataclass(frozen=True)
class Settings:
    home: Path
    database_url: str
    storage_url: str
    mail_url: str
    public_url: str
    secret_key: str
    field_keys: str
    """JSON of the keys that seal bank and tax fields: {"current": id, "keys": {id: base64 of 32 bytes}}."""
    bind_host: str = "127.0.0.1"
    proxies: int = 0
    """How many proxies of ours stand before it: so many last entries of X-Forwarded-For are believed."""
    worker_id: str = ""
    """A stable name for each worker, where several share a host; the host's name otherwise."""
    second_factors: bool = True
    backup_recipient: str = ""
    """The age public key that backups are sealed for; one kept in PORTAL_HOME/keys otherwise."""
    reply_address: str = ""
    """Where answers by mail come in: each mail names it with a mark of its own, reply+…@portal.example."""
    imap_url: str = ""
    """The mailbox they are fetched from, imaps://user:password@host/INBOX; empty where a mail server hands them in."""
    debug: bool = False

    @property
    def embedded(self) -> bool:
        """One machine, one SQLite file: `portal serve` then runs the worker too."""
        return self.database_url.startswith("sqlite")

    @property
    def public_host(self) -> str:
        return urlsplit(self.public_url).netloc

    @property
    def tls(self) -> bool:
        return self.public_url.startswith("https://")


def load_settings(environ: dict[str, str] | None = None) -> Settings:
    """Read the settings, and make the secrets of the embedded default once.

    Raises Refused with one clear line where a setting is missing or the home can't be written."""
    given = dict(os.environ if environ is None else environ)
    home = Path(given.get("PORTAL_HOME", "var")).resolve()
    given = {**{k: v for k, v in dotenv_values(home / ".env").items() if v is not None}, **given}
    database_url = given.get("PORTAL_DATABASE_URL", f"sqlite:///{home / 'portal.sqlite'}")
    embedded = database_url.startswith("sqlite")
    port = given.get("PORT", "8000")
    public_url = given.get("PORTAL_PUBLIC_URL", f"http://localhost:{port}").rstrip("/")
    bind_host = given.get("PORTAL_BIND", "127.0.0.1")
    return Settings(
        home=home,
        database_url=database_url,
        storage_url=given.get("PORTAL_STORAGE_URL", (home / "files").as_uri()),
        mail_url=given.get("PORTAL_MAIL_URL", (home / "mail").as_uri()),
        public_url=public_url,
        secret_key=_secret(given, "PORTAL_SECRET_KEY", home / "keys" / "secret", embedded, _new_secret),
        field_keys=_secret(given, "PORTAL_FIELD_KEYS", home / "keys" / "fields.json", embedded, _new_field_keys),
        bind_host=bind_host,
        proxies=_proxies(given, behind_one=public_url.startswith("https://") and bind_host in LOOPBACK),
        worker_id=given.get("PORTAL_WORKER_ID", ""),
        second_factors=given.get("PORTAL_SECOND_FACTORS", "on") != "off",
        backup_recipient=given.get("PORTAL_BACKUP_RECIPIENT", ""),
        reply_address=_reply_address(given.get("PORTAL_REPLY_ADDRESS", "")),
        imap_url=_imap_url(given.get("PORTAL_IMAP_URL", "")),
        debug=given.get("PORTAL_DEBUG", "") == "1",
    )


def _proxies(given: dict[str, str], *, behind_one: bool) -> int:
    """Whoever listens on this machine only, and is reached by TLS, has a proxy before it: we end no TLS ourselves."""
    number = given.get("PORTAL_PROXIES", "1" if behind_one else "0")
    if not number.isascii() or not number.isdigit() or len(number) > 1:
        raise Refused("PORTAL_PROXIES is how many proxies stand before the portal: 0 to 9.")
    return int(number)


def _reply_address(given: str) -> str:
    """The mark is 44 characters, and the part before the @ has 64 at most (RFC 5321)."""
    local, at, domain = given.strip().lower().partition("@")
    if given and (not at or not local or not domain or "+" in local or len(local) > REPLY_LOCAL_MOST):
        raise Refused(f"PORTAL_REPLY_ADDRESS is an address like reply@portal.example, {REPLY_LOCAL_MOST} before the @.")
    return f"{local}@{domain}" if given else ""


def _imap_url(given: str) -> str:
    """Passwords travel encrypted, or not at all: plain IMAP is for a server on this machine."""
    url = urlsplit(given)
    if given and not (url.scheme == "imaps" or (url.scheme == "imap" and url.hostname in LOOPBACK)):
        raise Refused("PORTAL_IMAP_URL has to begin with imaps://, and name the user, the password and the server.")
    return given


def _new_secret() -> str:
    return secrets.token_urlsafe(48)


def _new_field_keys() -> str:
    return json.dumps({"current": "k1", "keys": {"k1": base64.b64encode(secrets.token_bytes(32)).decode()}})


def _secret(given: dict[str, str], name: str, kept_in: Path, embedded: bool, make: Callable[[], str]) -> str:
    if name in given:
        return given[name]
    if not embedded:
        raise Refused(f"{name} is not set. With PORTAL_DATABASE_URL it has to be given, the same for every process.")
    try:
        kept_in.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not kept_in.exists():
            _write_once(kept_in, make())
        return kept_in.read_text()
    except OSError as failure:
        raise Refused(f"PORTAL_HOME {kept_in.parent.parent} can't be written: {failure.strerror}.") from failure


def _write_once(path: Path, text: str) -> None:
    """Whole or not at all: of two processes that start together, the second reads what the first wrote."""
    own = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    try:
        os.link(own, path)
    except FileExistsError:
        pass
    finally:
        own.unlink()
