"""Places to put a backup back into, and what to look at there."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from pyrage.x25519 import Identity

from portal import clock, create_app
from portal.backup import making, restoring
from portal.backup.restoring import Back
from portal.backup.tables import lines_of, tables_of
from portal.config import Settings
from portal.database import only_reading
from portal.extensions import db
from portal.scope import OPTION
from tests.support.client import Client
from tests.support.databases import Kind, settings_of

MINE = Identity.generate()
EVERYTHING = {OPTION: "a test looks at every row"}
Rows = dict[str, list[str]]


@pytest.fixture
def emptied(tmp_path: Path, kind_of: Callable[[str], Kind]) -> Callable[[str], Settings]:
    """The settings of a new home with an empty database of this kind."""

    def make(kind: str) -> Settings:
        home = tmp_path / f"home-{kind}"
        return settings_of(home, kind_of(kind).empty())

    return make


def kind_of_database(app: Flask) -> str:
    settings: Settings = app.config["SETTINGS"]
    return "sqlite" if settings.embedded else "postgresql"


def sealed_for_us(app: Flask) -> Settings:
    settings: Settings = app.config["SETTINGS"]
    return replace(settings, backup_recipient=str(MINE.to_public()))


def made(app: Flask, file: Path) -> Path:
    """A backup of what the app holds."""
    db.session.rollback()
    making.make(file, sealed_for_us(app), clock.now())
    return file


def put_back(settings: Settings, file: Path, **given: Any) -> Back:
    return restoring.restore(settings, file, MINE, **{"erasures": None, "now": clock.now()} | given)


@contextmanager
def inside(settings: Settings) -> Iterator[Flask]:
    """The program on this database, which it lets go of at the end."""
    app = create_app(settings, TESTING=True)
    app.test_client_class = Client
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@contextmanager
def reading(settings: Settings) -> Iterator[sa.Connection]:
    with inside(settings), only_reading(), db.engine.connect() as connection:
        yield connection.execution_options(**EVERYTHING)


def rows_of(connection: sa.Connection) -> Rows:
    """Every row of every table, whatever the database."""
    return {table.name: sorted(map(_plain, lines_of(connection, table))) for table in tables_of(connection)}


def rows_in(settings: Settings) -> Rows:
    with reading(settings) as connection:
        return rows_of(connection)


def _plain(line: str) -> str:
    return json.dumps(json.loads(line))
