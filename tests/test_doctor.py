import os
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.attempts import HEARTBEAT
from portal.config import Settings
from portal.doctor import Level, database, findings, installation, unsafe
from portal.doctor.finding import Finding
from portal.extensions import db
from portal.notifications.models import Delivery

Check = Callable[[Settings], Finding]
AWAY = "https://partners.lumen.example"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path,
        database_url="sqlite://",
        storage_url=tmp_path.as_uri(),
        mail_url=tmp_path.as_uri(),
        public_url="http://127.0.0.1:8000",
        secret_key="abcdefghijklmnopqrstuvwxyz0123456789",
        field_keys='{"current": "k1", "keys": {"k1": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}',
    )


@pytest.mark.parametrize(
    ("check", "changed", "level"),
    [
        (installation.home, {}, Level.OK),
        (installation.home, {"home": Path("/nowhere")}, Level.BAD),
        (installation.free_space, {"home": Path("/nowhere")}, Level.BAD),
        (installation.secret_key, {}, Level.OK),
        (installation.secret_key, {"secret_key": "short"}, Level.BAD),
        (installation.secret_key, {"secret_key": "ab" * 40}, Level.BAD),
        (installation.field_keys, {}, Level.OK),
        (installation.field_keys, {"field_keys": "no json"}, Level.BAD),
        (installation.field_keys, {"field_keys": "[]"}, Level.BAD),
        (installation.field_keys, {"field_keys": '{"current": "k1", "keys": {"k1": "AAEC"}}'}, Level.BAD),
        (installation.field_keys, {"field_keys": '{"current": "k2", "keys": {}}'}, Level.BAD),
        (installation.public_url, {}, Level.OK),
        (installation.public_url, {"public_url": AWAY}, Level.OK),
        (installation.public_url, {"public_url": "http://partners.lumen.example"}, Level.BAD),
        (installation.public_url, {"public_url": "partners.lumen.example"}, Level.BAD),
        (installation.public_url, {"public_url": AWAY, "debug": True}, Level.BAD),
        (installation.proxies, {}, Level.OK),
        (installation.proxies, {"public_url": AWAY}, Level.WARN),
        (installation.proxies, {"public_url": AWAY, "proxies": 1}, Level.OK),
        (installation.second_factors, {}, Level.OK),
        (installation.second_factors, {"second_factors": False}, Level.WARN),
        (installation.second_factors, {"second_factors": False, "public_url": AWAY}, Level.BAD),
        (installation.mail, {}, Level.OK),
        (installation.mail, {"public_url": AWAY}, Level.WARN),
        (installation.mail, {"mail_url": "pigeon://roof"}, Level.BAD),
        (installation.mail, {"mail_url": "smtp://mail.lumen.example"}, Level.WARN),
        (installation.files, {}, Level.OK),
        (installation.files, {"storage_url": "file:///nowhere"}, Level.BAD),
        (installation.files, {"storage_url": "s3://bucket"}, Level.OK),
    ],
)
def test_each_setting_is_judged(settings: Settings, check: Check, changed: dict[str, object], level: Level) -> None:
    assert check(replace(settings, **changed)).level is level  # type: ignore[arg-type]


def test_a_key_that_others_can_read_is_bad(settings: Settings) -> None:
    (settings.home / "keys").mkdir()
    key = settings.home / "keys" / "secret"
    key.touch(mode=0o600)
    assert installation.home(settings).level is Level.OK
    key.chmod(0o644)
    assert "Others on this machine can read secret" in installation.home(settings).sentence


def test_a_mail_server_is_asked(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        at = replace(settings, mail_url=f"smtp://127.0.0.1:{server.getsockname()[1]}")
        assert installation.mail(at).level is Level.OK
    assert "does not answer" in installation.mail(at).sentence


def test_a_sound_installation_has_nothing_bad(app: Flask) -> None:
    found = findings(replace(app.config["SETTINGS"], secret_key="abcdefghijklmnopqrstuvwxyz0123456789"), db.engine)
    worst = [each.sentence for each in found if each.level is Level.BAD]
    # The tests' PostgreSQL trades safety for speed, and the doctor sees it.
    assert [sentence for sentence in worst if "synchronous_commit" not in sentence] == []
    assert len(found) > 12


def test_serving_is_refused_for_what_is_unsafe_and_for_nothing_that_passes(app: Flask, settings: Settings) -> None:
    sound = set(unsafe(settings, db.engine))  # what the tests' database is set to, or nothing
    down = replace(settings, mail_url="smtp://127.0.0.1:1")
    away = replace(settings, public_url="http://partners.lumen.example", second_factors=False)
    assert set(unsafe(down, db.engine)) == sound
    assert set(unsafe(away, db.engine)) - sound == {
        "PORTAL_PUBLIC_URL http://partners.lumen.example is not https: passwords travel in the clear.",
        "PORTAL_SECOND_FACTORS is off where others can reach the portal.",
    }


def test_no_database_yet_is_said_and_none_is_made(tmp_path: Path) -> None:
    file = tmp_path / "portal.sqlite"
    found = list(database.answers(sa.create_engine(f"sqlite:///{file}")))
    assert [each.level for each in found] == [Level.BAD]
    assert not file.exists()


def test_a_database_that_does_not_answer_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    (found,) = database.answers(sa.create_engine(f"postgresql://nobody@127.0.0.1:{port}/none"))
    assert found.level is Level.BAD


def test_a_connection_without_our_pragmas_is_bad() -> None:
    with sa.create_engine("sqlite://").connect() as connection:
        found = database.safety(connection)
    assert found.level is Level.BAD
    assert "foreign_keys is 0, should be 1" in found.sentence


def test_an_old_schema_is_bad(app: Flask) -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
        found = database.schema(connection)
    assert found.level is Level.BAD
    assert "The schema is at 0000" in found.sentence


def test_mail_that_has_waited_long_is_bad(app: Flask) -> None:
    settings: Settings = app.config["SETTINGS"]
    now = datetime.now(UTC)
    for waited, is_bad in ((timedelta(minutes=1), False), (timedelta(minutes=30), True)):
        db.session.add(_mail(f"m{waited.seconds}", now - waited))
        db.session.commit()
        with db.engine.connect() as connection:
            found = database.worker(settings, connection)
        assert (found.level is Level.BAD) == is_bad, found


def test_the_worker_beside_the_web_process_gives_a_sign_of_life(app: Flask, settings: Settings) -> None:
    with db.engine.connect() as connection:
        assert "No worker has run here yet" in database.worker(settings, connection).sentence
        sign = settings.home / HEARTBEAT
        sign.touch()
        assert database.worker(settings, connection).level is Level.OK
        os.utime(sign, (0, 0))
        assert "No worker is running" in database.worker(settings, connection).sentence
        elsewhere = replace(settings, database_url="postgresql://db/portal")
        assert database.worker(elsewhere, connection).level is Level.OK


def _mail(message_id: str, next_at: datetime) -> Delivery:
    return Delivery(
        message_id=message_id,
        to_address="hana@harbourlane.example",
        subject="Signed",
        lines=[],
        created_at=next_at,
        next_at=next_at,
        give_up_at=next_at + timedelta(hours=72),
    )
