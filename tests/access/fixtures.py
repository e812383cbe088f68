from collections.abc import Callable

import pytest
from flask import Flask

from portal.extensions import db
from tests.access import world
from tests.access.world import World
from tests.support.databases import Kind


@pytest.fixture(scope="session")
def worlds() -> dict[str, World]:
    return {}


@pytest.fixture
def renew(app: Flask, kind_of: Callable[[str], Kind], worlds: dict[str, World]) -> Callable[[], None]:
    """Begins the world anew: built once, then copied."""
    kind = kind_of(db.engine.dialect.name)

    def begin() -> None:
        db.session.remove()
        db.engine.dispose()
        kind.renew("world")

    if db.engine.dialect.name not in worlds:
        worlds[db.engine.dialect.name] = world.build()
        db.session.remove()
        db.engine.dispose()
        kind.keep("world")
    begin()
    return begin


@pytest.fixture
def tried(renew: Callable[[], None], app: Flask, worlds: dict[str, World]) -> World:
    return worlds[db.engine.dialect.name]
