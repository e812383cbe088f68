"""What the settings, the folders and this machine say."""

import base64
import json
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

from portal.config import LOOPBACK, Settings
from portal.doctor.finding import Finding, bad, ok, warn

GIBIBYTE = 1024**3


def python() -> Finding:
    return ok(f"Python {platform.python_version()}.")


def home(settings: Settings) -> Finding:
    if not _is_writable(settings.home):
        return bad(f"PORTAL_HOME {settings.home} can't be written.")
    open_to_others = [path.name for path in (settings.home / "keys").glob("*") if path.stat().st_mode & 0o077]
    if open_to_others:
        return bad(f"Others on this machine can read {', '.join(sorted(open_to_others))} in {settings.home / 'keys'}.")
    return ok(f"PORTAL_HOME is {settings.home}.")


def unfinished(settings: Settings) -> Path:
    """A file that is there while a restore is under way."""
    return settings.home / "restore.unfinished"


def restored(settings: Settings) -> Finding:
    if unfinished(settings).exists():
        return bad("A restore was begun here and did not end. Run `portal restore` again.")
    return ok("No restore is under way.")


def free_space(settings: Settings) -> Finding:
    if not settings.home.is_dir():
        return bad("Free space is not known: there is no PORTAL_HOME.")
    free = shutil.disk_usage(settings.home).free / GIBIBYTE
    sentence = f"{free:.1f} GiB are free under PORTAL_HOME."
    if free < 0.1:
        return bad(sentence)
    return warn(sentence) if free < 1 else ok(sentence)


def secret_key(settings: Settings) -> Finding:
    if len(settings.secret_key) < 32 or len(set(settings.secret_key)) < 12:
        return bad("PORTAL_SECRET_KEY can be guessed: take 32 random characters or more.")
    return ok("The secret key is long and random enough.")


def field_keys(settings: Settings) -> Finding:
    try:
        given = json.loads(settings.field_keys)
        keys = {name: base64.b64decode(key, validate=True) for name, key in given["keys"].items()}
        usable = given["current"] in keys and all(len(key) == 32 for key in keys.values())
    except (ValueError, KeyError, TypeError, AttributeError):
        usable = False
    if not usable:
        return bad("PORTAL_FIELD_KEYS, which bank and tax fields are sealed with, can't be read.")
    return ok(f"Bank and tax fields are sealed with key {given['current']}.")


def public_url(settings: Settings) -> Finding:
    url = urlsplit(settings.public_url)
    if url.scheme not in ("http", "https") or not url.hostname:
        return bad(f"PORTAL_PUBLIC_URL {settings.public_url} is no web address.")
    if settings.debug and not _on_loopback(settings):
        return bad("PORTAL_DEBUG is on where others can reach it.")
    if not settings.tls and not _on_loopback(settings):
        return bad(f"PORTAL_PUBLIC_URL {settings.public_url} is not https: passwords travel in the clear.")
    return ok(f"Links lead to {settings.public_url}.")


def proxies(settings: Settings) -> Finding:
    if settings.tls and not settings.proxies:
        return warn("PORTAL_PROXIES is 0: everybody seems to come from the proxy, so one who guesses slows all.")
    return ok(f"People come {'through a proxy' if settings.proxies else 'as they are'}.")


def second_factors(settings: Settings) -> Finding:
    if settings.second_factors:
        return ok("Second factors are on.")
    if not _on_loopback(settings):
        return bad("PORTAL_SECOND_FACTORS is off where others can reach the portal.")
    return warn("PORTAL_SECOND_FACTORS is off: right for the demo, for nothing else.")


def mail(settings: Settings) -> Finding:
    url = urlsplit(settings.mail_url)
    if url.scheme == "file":
        sentence = f"Mail is written into the folder {unquote(url.path)}; nobody gets it."
        return ok(sentence) if _on_loopback(settings) else warn(sentence)
    if url.scheme not in ("smtp", "smtps") or not url.hostname:
        return bad("PORTAL_MAIL_URL has to begin with file://, smtp:// or smtps://, and name a folder or a server.")
    if url.scheme == "smtp" and "tls=1" not in url.query.split("&") and url.hostname not in LOOPBACK:
        return warn(f"Mail goes to {url.hostname} unencrypted; add ?tls=1 to PORTAL_MAIL_URL.")
    try:
        socket.create_connection((url.hostname, url.port or (465 if url.scheme == "smtps" else 25)), timeout=5).close()
    except OSError as failure:
        return bad(f"The mail server {url.hostname} does not answer: {failure.strerror or failure}.")
    return ok(f"Mail goes through {url.hostname}.")


def files(settings: Settings) -> Finding:
    url = urlsplit(settings.storage_url)
    if url.scheme == "file" and not _is_writable(Path(unquote(url.path))):
        return bad(f"Files are stored in {unquote(url.path)}, which can't be written.")
    return ok(f"Files are stored in {unquote(url.path) if url.scheme == 'file' else settings.storage_url}.")


def pdfs() -> Finding:
    """Asked of a process of its own, because drawing PDFs is no business of this one."""
    asked = subprocess.run([sys.executable, "-c", "import weasyprint"], capture_output=True, timeout=120, check=False)
    if asked.returncode:
        return warn("PDFs can't be made and wait: Pango is missing. On Debian: apt-get install libpangoft2-1.0-0")
    return ok("PDFs can be made.")


def _on_loopback(settings: Settings) -> bool:
    return (urlsplit(settings.public_url).hostname or "") in LOOPBACK


def _is_writable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
