"""What stands in a backup beside rows and files: of what it is, and what has to be in it."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from typing import Any, TypeVar

from portal.backup.archive import Take
from portal.errors import Refused

HEAD, MANIFEST = "portal-backup.json", "manifest.json"
TABLES, FILES = "tables/", "files/"
FORMAT = 1
"""A program reads the formats up to its own."""
T = TypeVar("T")


def program_version() -> str:
    return version("portal")


def to_json(value: Any) -> bytes:
    return json.dumps(value, indent=1, default=str).encode()


@dataclass(frozen=True)
class Head:
    """The first member."""

    format: int
    program: str
    revision: str
    """The migration that the rows stand at."""
    made_at: datetime

    @classmethod
    def of(cls, data: bytes) -> "Head":
        given = json.loads(data)
        if given["format"] > FORMAT:
            raise Refused(f"This backup was made by version {given['program']}, which is newer than this program.")
        made_at = datetime.fromisoformat(given["made_at"])
        return cls(int(given["format"]), str(given["program"]), str(given["revision"]), made_at)

    def to_bytes(self) -> bytes:
        return to_json(asdict(self) | {"made_at": self.made_at.isoformat()})


@dataclass
class Manifest:
    """The last member."""

    event_head: tuple[int, str]
    field_keys: dict[str, str]
    """Fingerprints of the keys that bank and tax fields were sealed with, by their ids."""
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    members: list[tuple[str, str]] = field(default_factory=list)
    """Name and SHA-256 of every other member, in their order."""

    @classmethod
    def of(cls, data: bytes) -> "Manifest":
        given = json.loads(data)
        seq, last = given["event_head"]
        members = [(str(name), str(digest)) for name, digest in given["members"]]
        return cls((int(seq), str(last)), dict(given["field_keys"]), dict(given["rows"]), int(given["files"]), members)

    def to_bytes(self) -> bytes:
        return to_json(asdict(self))


def fingerprints(field_keys: str) -> dict[str, str]:
    """What tells one key from another, and nothing of either."""
    keys = json.loads(field_keys)["keys"]
    return {name: sha256(f"portal field key {key}".encode()).hexdigest()[:16] for name, key in keys.items()}


class Proof:
    """Takes a whole backup in and refuses it where anything is not as it was written."""

    def __init__(self) -> None:
        self.head: Head | None = None
        self.manifest: Manifest | None = None
        self._members: list[tuple[str, str]] = []

    def take(self, name: str, data: bytes) -> None:
        if self.manifest is not None:
            raise Refused("This backup is damaged: there is more behind its manifest.")
        if (name == HEAD) != (self.head is None):
            raise Refused("This is no backup of the portal.")
        if name == HEAD:
            self.head = _understood(lambda: Head.of(data))
        if name == MANIFEST:
            self.manifest = _understood(lambda: Manifest.of(data))
            if self.manifest.members != self._members:
                raise Refused("This backup is damaged: its parts are not those that its manifest names.")
            return
        digest = sha256(data).hexdigest()
        if name.startswith(FILES) and not name.endswith(digest):
            raise Refused(f"This backup is damaged: {name} is another file.")
        self._members.append((name, digest))

    def passed(self) -> tuple[Head, Manifest]:
        """Raises Refused where the end is missing."""
        if self.head is None or self.manifest is None:
            raise Refused("This is no backup of the portal, or its end is missing.")
        return self.head, self.manifest


class Again:
    """Hands on the members of a backup that was proven before, as long as they are the same."""

    def __init__(self, manifest: Manifest, take: Take) -> None:
        self._members, self._take = iter(manifest.members), take

    def take(self, name: str, data: bytes) -> None:
        if name == MANIFEST:
            return
        if next(self._members, None) != (name, sha256(data).hexdigest()):
            raise Refused("The backup was changed while it was read.")
        self._take(name, data)


def _understood(read: Callable[[], T]) -> T:
    try:
        return read()
    except (ValueError, KeyError, TypeError, AttributeError) as failure:
        raise Refused("This is no backup of the portal: what it says of itself can't be read.") from failure
