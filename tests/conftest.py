from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import settings

from portal import create_app
from portal.extensions import db
from portal.scope import set_writer
from tests.support import databases
from tests.support.browser import chromium, desks, served, without_browser_tests
from tests.support.client import Client, client_of
from tests.support.databases import Kind, kind_of, postgres_server, settings_of, worker_folder
from tests.support.memory import keep_in_memory

settings.register_profile("quick", max_examples=50, deadline=None)
settings.register_profile("fuzz", max_examples=5_000, deadline=None)  # taken by `make fuzz`
settings.load_profile("quick")

__all__ = ["chromium", "desks", "kind_of", "postgres_server", "served", "worker_folder"]


def pytest_configure(config: pytest.Config) -> None:
    keep_in_memory(config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    without_browser_tests(config, items)


@pytest.fixture(scope="session")
def app_of(kind_of: Callable[[str], Kind], worker_folder: Path) -> Callable[[str], Flask]:
    made: dict[str, Flask] = {}

    def get(name: str) -> Flask:
        if name not in made:
            made[name] = create_app(settings_of(worker_folder / name, kind_of(name).url), TESTING=True)
            made[name].test_client_class = Client
        return made[name]

    return get


@pytest.fixture(params=databases.KINDS)
def app(
    request: pytest.FixtureRequest, kind_of: Callable[[str], Kind], app_of: Callable[[str], Flask]
) -> Iterator[Flask]:
    """The program on a fresh copy of a migrated database, once on each kind."""
    app = app_of(request.param)
    set_writer(None)
    with app.app_context():
        db.engine.dispose()
        kind_of(request.param).renew()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> Client:
    return client_of(app)
