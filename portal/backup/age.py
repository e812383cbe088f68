"""Whom a backup is sealed for, and who opens it: an age key pair. The program keeps the public half only."""

import os
from pathlib import Path

import pyrage
from pyrage.x25519 import Identity, Recipient

from portal.config import Settings
from portal.errors import Refused

FILE = "backup-recipient"
HOW = "Run `portal backup-key` once, and keep what it prints away from this machine."


def recipient(settings: Settings) -> Recipient:
    """The public half, from PORTAL_BACKUP_RECIPIENT or PORTAL_HOME/keys. Raises Refused where there is none."""
    given = settings.backup_recipient or _kept(settings)
    if not given:
        raise Refused(f"There is no key to seal a backup for. {HOW}")
    try:
        return Recipient.from_str(given)
    except pyrage.RecipientError as failure:
        raise Refused(f"The key to seal a backup for is no age recipient: {failure}.") from failure


def new_pair(settings: Settings) -> str:
    """Make a pair, keep the public half, give the secret one. Raises Refused where there is one already."""
    if settings.backup_recipient:
        raise Refused("PORTAL_BACKUP_RECIPIENT names a key already.")
    if kept := _kept(settings):
        raise Refused(f"There is a key already: {kept}. To take another, remove {_path(settings)} first.")
    identity = Identity.generate()
    _path(settings).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(_path(settings), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{identity.to_public()}\n")
    return str(identity)


def identity(file: Path) -> Identity:
    """The secret half, from a file as `age-keygen` writes it. Raises Refused."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as failure:
        raise Refused(f"The identity {file} can't be read.") from failure
    keys = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if len(keys) != 1:
        raise Refused(f"{file} has to hold one age identity: a line that begins with AGE-SECRET-KEY-.")
    try:
        return Identity.from_str(keys[0])
    except pyrage.IdentityError as failure:
        raise Refused(f"{file} holds no age identity: a line that begins with AGE-SECRET-KEY-.") from failure


def _path(settings: Settings) -> Path:
    return settings.home / "keys" / FILE


def _kept(settings: Settings) -> str:
    path = _path(settings)
    return path.read_text("utf-8").strip() if path.exists() else ""
