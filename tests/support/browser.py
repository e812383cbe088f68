"""A real Chromium against the program served on a local port."""

import os
import re
import shutil
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from portal.seeds.cast import PASSWORD

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-sync"]


def without_browser_tests(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where no Chromium is found, its tests are left out; in CI they fail instead."""
    if CHROMIUM or os.environ.get("CI"):
        return
    left_out = [item for item in items if item.get_closest_marker("browser")]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """The address that the program answers at while the test runs."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = False  # type: ignore[attr-defined]  # so that closing waits for what is still answered
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Desk:
    """People at work at the same time, each in a browser of their own."""

    def __init__(self, chromium: Browser, address: str) -> None:
        self._chromium, self._address = chromium, address
        self._contexts: list[BrowserContext] = []
        self.troubles: list[str] = []

    def of(self, email: str, password: str = PASSWORD) -> Page:
        """This person, signed in, on their first page."""
        page = self.somebody()
        page.goto("/login")
        page.get_by_label("Mail address").fill(email)
        page.get_by_label("Password").fill(password)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        page.wait_for_url(re.compile(r"/(staff/)?$"))
        return page

    def somebody(self) -> Page:
        """Nobody we know yet."""
        context = self._chromium.new_context(base_url=self._address, reduced_motion="reduce")
        self._contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda said: self.troubles.append(said.text) if said.type == "error" else None)
        return page

    def go_home(self) -> None:
        for context in self._contexts:
            context.close()

    def check_consoles(self, but: tuple[str, ...]) -> None:
        """Fails on anything in a console but what was provoked."""
        unexpected = [text for text in self.troubles if not any(word in text for word in but)]
        assert not unexpected, unexpected


@pytest.fixture
def desks(chromium: Browser, served: str) -> Iterator[Desk]:
    """Closed however the test ends: a request still under way would keep its database from the next test."""
    desks = Desk(chromium, served)
    yield desks
    desks.go_home()
