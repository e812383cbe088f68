"""The portal's own processes, started as an operator starts them and killed as a power cut does."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

import pytest
from flask import Flask

from portal import storage
from portal.config import Settings
from portal.extensions import db
from tests.crash.browser import Browser

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "2"))
PATIENCE_S = 60
LOOK_AGAIN_S = 0.02


def let_go() -> None:
    """Hold nothing of the database, so that whoever comes next finds it as the killed left it."""
    db.session.remove()
    db.engine.dispose()


def wait_until(done: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(LOOK_AGAIN_S)


def kept_in(app: Flask, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test reads the files that the processes of this home write."""
    monkeypatch.setitem(app.extensions, "storage", storage.opened((home / "files").as_uri()))


@contextmanager
def killed_at_the_end(app: Flask, home: Path, *module: str, **environ: str) -> Iterator[None]:
    """A process and all that it starts; they die at the same moment, and are gone when this is left."""
    settings: Settings = app.config["SETTINGS"]
    given = {
        "PORTAL_HOME": str(home),
        "PORTAL_DATABASE_URL": settings.database_url,
        "PORTAL_SECRET_KEY": settings.secret_key,
        "PORTAL_FIELD_KEYS": settings.field_keys,
        "PORTAL_PUBLIC_URL": settings.public_url,
    }
    command = [sys.executable, "-m", *module]
    with (home / "log").open("ab") as log:
        process = subprocess.Popen(
            command, env=os.environ | given | environ, stdout=subprocess.PIPE, stderr=log, start_new_session=True
        )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=PATIENCE_S)  # the pipe ends with the last of them that holds it


@contextmanager
def web_process(app: Flask, home: Path, like: Browser | None = None) -> Iterator[Browser]:
    """`portal serve`, with a browser that has the cookie of an earlier one. On SQLite the worker is beside it."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    browser = Browser(port, like.cookie, like.token) if like else Browser(port)
    with killed_at_the_end(app, home, "portal.serve", str(port)):
        wait_until(lambda: _is_up(browser))
        yield browser


def _is_up(browser: Browser) -> bool:
    try:
        return browser.get("/healthz").status == 200
    except (OSError, HTTPException):
        return False


@contextmanager
def worker_process(app: Flask, home: Path, mail_port: int) -> Iterator[None]:
    url = f"smtp://127.0.0.1:{mail_port}"
    with killed_at_the_end(app, home, "portal.worker", PORTAL_MAIL_URL=url, PORTAL_WORKER_ID="worker"):
        yield


def chance() -> random.Random:
    """Where the axe falls: another place with each run, the same one with CRASH_SEED."""
    return random.Random(os.environ.get("CRASH_SEED"))  # noqa: S311  (nothing is secret about it)
