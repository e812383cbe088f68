import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from portal.extensions import db
from tests.access import building
from tests.access.world import World
from tests.support.databases import Kind


@pytest.fixture(scope="session")
def worlds() -> dict[str, World]:
    return {}


@pytest.fixture
def renew(
    app: Flask, kind_of: Callable[[str], Kind], worlds: dict[str, World], worker_folder: Path
) -> Callable[[], None]:
    """Begins the world anew: built once, then copied. Its files are put back once a test: others clear them away."""
    kind = kind_of(db.engine.dialect.name)
    files, kept = app.config["SETTINGS"].home / "files", worker_folder / f"files-of-{db.engine.dialect.name}"

    def begin() -> None:
        db.session.remove()
        db.engine.dispose()
        kind.renew("world")

    if db.engine.dialect.name not in worlds:
        worlds[db.engine.dialect.name] = building.build()
        db.session.remove()
        db.engine.dispose()
        kind.keep("world")
        shutil.copytree(files, kept)
    shutil.copytree(kept, files, dirs_exist_ok=True)
    begin()
    return begin


@pytest.fixture
def tried(renew: Callable[[], None], app: Flask, worlds: dict[str, World]) -> World:
    return worlds[db.engine.dialect.name]
