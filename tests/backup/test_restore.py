"""What is refused, what is left behind when it is, and what a restore sees to."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask
from pyrage.x25519 import Identity

from portal import clock, storage
from portal.auth.models import User
from portal.auth.rules import Role
from portal.backup import age, restoring
from portal.cli import main
from portal.config import Settings
from portal.doctor.installation import unfinished
from portal.errors import Refused
from portal.extensions import db
from portal.privacy import actions as privacy
from portal.privacy import erasing, listing
from portal.privacy.rules import Reason, Subject
from portal.proof import broken
from tests.activity.happenings import recorded, withdrew
from tests.backup.fixtures import MINE, emptied, inside, kind_of_database, made, put_back, rows_in, sealed_for_us
from tests.support import make

__all__ = ["emptied"]
Emptied = Callable[[str], Settings]
on_sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
KILLED_ON_THE_WAY = """
import os, signal, sys
from portal.backup import tables
from portal.cli import main
loads, load = [], tables.load
def die_at_the_fifth(*given):
    loads.append(load(*given))
    if len(loads) == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return loads[-1]
tables.load = die_at_the_fifth
main(sys.argv[1:])
"""


def _is_empty(settings: Settings) -> bool:
    """Neither database nor files, and nothing that says that any were to come."""
    left = [path for path in settings.home.rglob("*") if path.is_file()]
    if settings.embedded:
        return not left and not Path(settings.database_url.removeprefix("sqlite:///")).exists()
    with inside(settings):
        return not left and sa.inspect(db.engine).get_table_names() == []


def _told(*arguments: str | Path, settings: Settings, **environ: str) -> Result:
    """What the command line says in this home."""
    keys = {"PORTAL_SECRET_KEY": settings.secret_key, "PORTAL_FIELD_KEYS": settings.field_keys}
    places = {"PORTAL_HOME": str(settings.home), "PORTAL_DATABASE_URL": settings.database_url}
    return CliRunner().invoke(main, list(map(str, arguments)), env=keys | places | environ)


def test_a_damaged_one_leaves_the_home_as_it_was(app: Flask, emptied: Emptied, tmp_path: Path) -> None:
    make.program()
    whole = made(app, tmp_path / "one").read_bytes()
    there, bad = emptied(kind_of_database(app)), tmp_path / "bad"
    for place in (0, 100, len(whole) // 2, len(whole) - 1):
        for data in (whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :], whole[:place]):
            bad.write_bytes(data)
            with pytest.raises(Refused, match=r"damaged|no backup"):
                put_back(there, bad)
    with pytest.raises(Refused, match="sealed for another key"):
        restoring.restore(there, tmp_path / "one", Identity.generate(), erasures=None, now=clock.now())
    with pytest.raises(Refused, match="can't be read"):
        put_back(there, tmp_path / "none")
    assert _is_empty(there)


def test_one_of_a_newer_program_is_refused(app: Flask, emptied: Emptied, tmp_path: Path) -> None:
    make.program()
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    there = emptied(kind_of_database(app))
    file = made(app, tmp_path / "one")
    with pytest.raises(Refused, match="newer than this program"):
        put_back(there, file)
    assert _is_empty(there)


def test_it_goes_into_an_empty_home_only(app: Flask, emptied: Emptied, tmp_path: Path) -> None:
    make.program()
    file, there = made(app, tmp_path / "one"), emptied(kind_of_database(app))
    put_back(there, file)
    with inside(there):
        make.staff(email="since@example.org")
    before = rows_in(there)
    with pytest.raises(Refused, match="There is a database here"):
        put_back(there, file)
    assert rows_in(there) == before


def test_one_that_stopped_on_its_last_steps_ends_with_the_same_backup_only(
    app: Flask, emptied: Emptied, tmp_path: Path
) -> None:
    make.program()
    recorded(withdrew(make.partner_user()))
    file, there = made(app, tmp_path / "one"), emptied(kind_of_database(app))
    recorded(withdrew(make.partner_user()))
    later = made(app, tmp_path / "later")
    put_back(there, file)
    unfinished(there).write_text("one\n")
    before = rows_in(there)
    with pytest.raises(Refused, match="There is a database here"):
        put_back(there, later)
    assert rows_in(there) == before
    put_back(there, file)
    assert not unfinished(there).exists()


def erasing_somebody(user: User) -> None:
    """Ordered and carried out."""
    order = privacy.ask_for_erasure(None, Subject.USER, user.ref, reason=Reason.ASKED, now=clock.now())
    db.session.commit()
    erasing.erase(order.id, clock.now())


@on_sqlite
def test_files_that_lie_there_are_not_mixed_with_it(app: Flask, emptied: Emptied, tmp_path: Path) -> None:
    make.program()
    file, there = made(app, tmp_path / "one"), emptied("sqlite")
    with inside(there):
        storage.put(b"somebody else's", "text/plain")
    with pytest.raises(Refused, match="There are stored files here"):
        put_back(there, file)


@on_sqlite
def test_a_damaged_stored_file_is_left_out_and_named(app: Flask, emptied: Emptied, tmp_path: Path) -> None:
    make.program()
    forged, other = (storage.put(data, "text/plain").sha256 for data in (b"a contract", b"another"))
    path = next(Path(app.config["SETTINGS"].home).rglob(forged))
    path.chmod(0o600)
    path.write_bytes(b"a forgery")
    settings = sealed_for_us(app)
    result = _told("backup", tmp_path / "one", settings=settings, PORTAL_BACKUP_RECIPIENT=settings.backup_recipient)
    path.unlink()
    assert result.exit_code == 1
    assert f"Not in it, because they are damaged: {forged}" in result.output
    there = emptied("sqlite")
    put_back(there, tmp_path / "one")
    with inside(there):
        assert other in set(storage.stored())
        assert forged not in set(storage.stored())


def test_whoever_was_erased_since_is_erased_again(app: Flask, emptied: Emptied, tmp_path: Path) -> None:
    make.program()
    make.staff(Role.PROGRAM_ADMIN, has_password=True)
    gone = make.staff(name="Erasmus Vanished", email="erasmus@vanished.example")
    file = made(app, tmp_path / "one")
    list_ = app.config["SETTINGS"].home / listing.FILE
    list_.unlink(missing_ok=True)
    erasing_somebody(gone)
    without, there = emptied(kind_of_database(app)), None
    assert not put_back(without, file).has_erasures
    assert "Erasmus Vanished" in str(rows_in(without))
    there = replace(emptied(kind_of_database(app)), home=tmp_path / "second", storage_url=(tmp_path / "files").as_uri())
    back = put_back(there, file, erasures=list_)
    assert (back.erased, back.broken) == (1, [])
    assert "Vanished" not in str(rows_in(there))
    assert (there.home / listing.FILE).read_text() == list_.read_text()
    list_.unlink()


def test_a_list_of_erasures_that_is_none_is_refused_first(app: Flask, emptied: Emptied, tmp_path: Path) -> None:
    make.program()
    (tmp_path / "list").write_text('{"ref": "E-222222"}\n')
    there = emptied(kind_of_database(app))
    file = made(app, tmp_path / "one")
    with pytest.raises(Refused, match="is no list of erasures"):
        put_back(there, file, erasures=tmp_path / "list")
    assert _is_empty(there)


def test_one_that_was_killed_says_so_and_is_begun_again(app: Flask, emptied: Emptied, tmp_path: Path) -> None:
    make.program()
    sha = storage.put(b"a contract", "text/plain").sha256
    before = rows_in(app.config["SETTINGS"])
    file, there = made(app, tmp_path / "one"), emptied(kind_of_database(app))
    (tmp_path / "identity").write_text(f"# made for a test\n{MINE}\n")
    command = [sys.executable, "-c", KILLED_ON_THE_WAY, "restore", str(file), "--identity", str(tmp_path / "identity")]
    keys = {"PORTAL_SECRET_KEY": there.secret_key, "PORTAL_FIELD_KEYS": there.field_keys}
    places = {"PORTAL_HOME": str(there.home), "PORTAL_DATABASE_URL": there.database_url}
    ended = subprocess.run(command, env=os.environ | keys | places, capture_output=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    for name in ("verify", "migrate", "serve", "doctor"):
        told = _told(name, settings=there)
        assert told.exit_code == 1, name
        assert "A restore was begun here and did not end." in told.output, name
    told = _told("restore", file, "--identity", tmp_path / "identity", settings=there)
    assert (told.exit_code, told.output.splitlines()[-1]) == (0, "Everything holds.")
    assert rows_in(there) == before
    with inside(there):
        assert storage.get(sha) == b"a contract"
        assert list(broken()) == []
    assert _told("verify", settings=there).exit_code == 0


@on_sqlite
def test_the_key_is_made_once_and_its_secret_half_is_kept_nowhere(app: Flask, emptied: Emptied, tmp_path: Path) -> None:
    home = emptied("sqlite")
    first = CliRunner().invoke(main, ["backup-key"], env={"PORTAL_HOME": str(home.home)})
    secret = first.stdout.strip()
    assert secret.startswith("AGE-SECRET-KEY-")
    kept = [path for path in home.home.rglob("*") if path.is_file()]
    assert not [path for path in kept if secret in path.read_text()]
    assert not [path for path in kept if path.stat().st_mode & 0o077]
    assert str(age.recipient(replace(home, backup_recipient=""))) == str(Identity.from_str(secret).to_public())
    second = CliRunner().invoke(main, ["backup-key"], env={"PORTAL_HOME": str(home.home)})
    assert second.exit_code == 1
    assert "There is a key already: age1" in second.output


@pytest.mark.parametrize("text", ["", "no key", "AGE-SECRET-KEY-1NONSENSE", "\x00\xff", f"{MINE}\n{MINE}"])
def test_an_identity_that_is_none_is_said(tmp_path: Path, text: str) -> None:
    file = tmp_path / "identity"
    file.write_text(text, "latin-1")
    with pytest.raises(Refused, match="identity"):
        age.identity(file)
    with pytest.raises(Refused, match="can't be read"):
        age.identity(tmp_path / "none")


def test_what_is_told_names_what_to_do() -> None:
    back = restoring.Back(clock.now(), 2, 1, 3, ["k1"], has_erasures=False, erased=0, broken=[])
    told = " ".join(restoring.told(back))
    for sentence in ("2 rows and one file", "sign in again", "3 mails waited", "--erasures", "(k1)"):
        assert sentence in told
    again = restoring.Back(clock.now(), 2, 1, 1, [], has_erasures=True, erased=2, broken=[])
    told = " ".join(restoring.told(again))
    assert "Erased again: 2 people." in told
    assert "One mail waited" in told
    assert "keys" not in told
