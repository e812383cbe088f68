"""Files by the SHA-256 of their content: written once, never changed. Who may read one is said by the row naming it."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256 as digest_of
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from flask import Flask, current_app

from portal.config import Settings
from portal.errors import Refused
from portal.later import later

if TYPE_CHECKING:
    import obstore
    import obstore.exceptions
    from obstore import store as kinds
else:
    obstore, kinds = later("obstore"), later("obstore.store")

SHA256 = re.compile(r"[0-9a-f]{64}")


class StorageDown(OSError):  # noqa: N818  (a verdict reads better)
    """The store did not take the file."""


class Damaged(RuntimeError):  # noqa: N818  (a verdict reads better)
    """What is stored under a hash no longer has that hash."""


@dataclass(frozen=True)
class StoredFile:
    sha256: str
    size: int
    media_type: str


class Store:
    """A store at an address. On this machine it is opened with the first file: most requests have none."""

    def __init__(self, url: str) -> None:
        self._url = url

    @cached_property
    def opened(self) -> "kinds.ObjectStore":
        return kinds.from_url(self._url)


def init_app(app: Flask) -> None:
    settings: Settings = app.config["SETTINGS"]
    app.extensions["storage"] = opened(settings.storage_url)


def opened(url: str) -> Store:
    """The store at an address as in PORTAL_STORAGE_URL; `file://` folders are made, for this user only.

    Raises Refused where the folder can't be made."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        folder = Path(unquote(parts.path))
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as failure:
            raise Refused(f"The folder for files {folder} can't be made: {failure.strerror}.") from failure
        return Store(url)
    store = Store(url)
    store.opened  # noqa: B018  (an address that is none is said at the start)
    return store


def put(data: bytes, media_type: str) -> StoredFile:
    """Store the bytes; storing the same bytes again changes nothing. Raises StorageDown."""
    sha256 = digest_of(data).hexdigest()
    store = _store()
    try:
        obstore.put(store, _path(sha256), data, mode="create")
    except obstore.exceptions.AlreadyExistsError:
        pass
    except obstore.exceptions.BaseError as failure:
        raise StorageDown(f"the file was not stored: {failure}") from failure
    else:
        if isinstance(store, kinds.LocalStore):
            _flush(Path(str(store.prefix)) / _path(sha256))
    return StoredFile(sha256, len(data), media_type)


def get(sha256: str) -> bytes:
    """The bytes. Raises FileNotFoundError where there are none, Damaged where they are not what was stored."""
    data = bytes(obstore.get(_store(), _path(sha256)).bytes())
    if digest_of(data).hexdigest() != sha256:
        raise Damaged(f"the stored file {sha256} has changed")
    return data


def exists(sha256: str) -> bool:
    try:
        obstore.head(_store(), _path(sha256))
    except FileNotFoundError:
        return False
    return True


def stored() -> Iterator[str]:
    """The SHA-256 of every file in the store."""
    for some in obstore.list(_store()):
        yield from (name for each in some if SHA256.fullmatch(name := each["path"].rpartition("/")[2]))


def delete(sha256: str) -> None:
    """Remove the file; no file is no error."""
    if exists(sha256):
        obstore.delete(_store(), _path(sha256))


def _store() -> "kinds.ObjectStore":
    store: Store = current_app.extensions["storage"]
    return store.opened


def _path(sha256: str) -> str:
    if not SHA256.fullmatch(sha256):
        raise ValueError(f"not a SHA-256: {sha256!r}")
    return f"{sha256[:2]}/{sha256}"


def _flush(path: Path) -> None:
    """To the disk, with its name, before a row may speak of it."""
    for each in (path, path.parent, path.parent.parent):
        opened = os.open(each, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
