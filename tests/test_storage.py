from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask

from portal import storage
from portal.config import load_settings
from portal.errors import Refused


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Path]:
    app = Flask("store")
    app.config["SETTINGS"] = load_settings({"PORTAL_HOME": str(tmp_path / "a home")})
    storage.init_app(app)
    with app.app_context():
        yield tmp_path / "a home" / "files"


def test_what_was_put_is_got_by_its_hash(files: Path) -> None:
    stored = storage.put(b"%PDF-1.7", "application/pdf")
    assert stored == storage.StoredFile(sha256(b"%PDF-1.7").hexdigest(), 8, "application/pdf")
    assert storage.get(stored.sha256) == b"%PDF-1.7"


def test_the_same_content_is_one_file(files: Path) -> None:
    storage.put(b"twice", "text/plain")
    storage.put(b"twice", "text/plain")
    assert len([each for each in files.rglob("*") if each.is_file()]) == 1


def test_a_file_is_gone_when_deleted_and_deleting_again_is_no_error(files: Path) -> None:
    stored = storage.put(b"short-lived", "text/plain")
    storage.delete(stored.sha256)
    storage.delete(stored.sha256)
    assert not storage.exists(stored.sha256)
    with pytest.raises(FileNotFoundError):
        storage.get(stored.sha256)


def test_a_file_that_was_altered_on_the_disk_is_not_served(files: Path) -> None:
    stored = storage.put(b"as signed", "application/pdf")
    (files / stored.sha256[:2] / stored.sha256).write_bytes(b"as forged")
    with pytest.raises(storage.Damaged):
        storage.get(stored.sha256)


@pytest.mark.parametrize("name", ["../../portal.sqlite", "", "A" * 64, "a" * 63])
def test_a_name_that_is_no_hash_is_refused(files: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        storage.get(name)


def test_the_folder_is_for_this_user_only(files: Path) -> None:
    assert files.stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    app = Flask("store")
    settings = load_settings({"PORTAL_HOME": str(tmp_path)})
    app.config["SETTINGS"] = replace(settings, storage_url=(tmp_path / "file" / "under").as_uri())
    with pytest.raises(Refused, match="can't be made"):
        storage.init_app(app)
