"""The list of what was erased: a file apart from the database, so that a restored backup can be made to forget again.

A line an erasure: references and digests only. It is appended to and flushed to the disk, never rewritten."""

import hmac
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from flask import current_app

from portal.auth.rules import plain_address
from portal.config import Settings
from portal.privacy.rules import Reason, Subject

FILE = "erasures.jsonl"


@dataclass(frozen=True, kw_only=True)
class Entry:
    ref: str
    """Of the erasure."""
    subject: Subject
    refs: tuple[str, ...]
    """The account, or every referral that named the contact."""
    reason: Reason
    at: datetime
    salt: str
    digest: str


def path() -> Path:
    """Where this portal's own list lies."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.home / FILE


def append(entry: Entry) -> None:
    """Add the entry unless it stands there; it is on the disk when this returns."""
    if entry.ref in {each.ref for each in read(path())}:
        return
    line = json.dumps({**asdict(entry), "at": entry.at.isoformat()}) + "\n"
    with os.fdopen(os.open(path(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def read(file: Path) -> Iterator[Entry]:
    """What stands in the list; nothing where there is none. A last line that a crash cut off is left out."""
    if not file.exists():
        return
    for line in file.read_text("utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            yield _entry(json.loads(line))


def new_salt() -> str:
    return secrets.token_hex(16)


def digest_of(email: str, salt: str) -> str:
    """Keyed with the secret of this portal: without it, no list of addresses can be tried."""
    return hmac.new(
        str(current_app.secret_key).encode(), f"{salt}|{plain_address(email)}".encode(), "sha256"
    ).hexdigest()


def _entry(data: dict[str, object]) -> Entry:
    return Entry(
        ref=str(data["ref"]),
        subject=Subject(str(data["subject"])),
        refs=tuple(str(each) for each in data["refs"]),  # type: ignore[attr-defined]
        reason=Reason(str(data["reason"])),
        at=datetime.fromisoformat(str(data["at"])),
        salt=str(data["salt"]),
        digest=str(data["digest"]),
    )
