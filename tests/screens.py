"""`make screens`: pictures of every page of the demo program, by role, at two widths, in both themes.

They go into var/screens/; the two that the README shows are written to docs/pictures as well."""

import re
import shutil
import sys
import tempfile
import threading
from pathlib import Path
from typing import Literal

from flask import Flask
from playwright.sync_api import BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from portal import clock, create_app, worker
from portal.schema import upgrade
from portal.seeds import demo
from portal.seeds.cast import PASSWORD
from tests.support.browser import ARGUMENTS, CHROMIUM
from tests.support.databases import settings_of
from tests.support.every_page import pages_of

OUT = Path("var/screens")
SHOWN = {"ana/home-1280-light": "partner-home", "maya/staff-1280-light": "work-queue"}
WIDTHS = (360, 1280)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PEOPLE = {
    "ana@brightwater.example": "/",
    "ben@brightwater.example": "/",
    "fay@brightwater.example": "/",
    "hana@harbourlane.example": "/",
    "maya@portal.example": "/staff/",
    "sam@portal.example": "/staff/",
    "finn@portal.example": "/staff/",
    "olga@portal.example": "/staff/",
    "edith@portal.example": "/staff/",
    "admin@portal.example": "/staff/",
    "audrey@portal.example": "/staff/",
}
SIGNED_OUT = ["/login", "/password-reset", "/nowhere"]


def main() -> None:
    if CHROMIUM is None:
        sys.exit("make screens needs Chromium. On Debian: apt-get install chromium")
    shutil.rmtree(OUT, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        app = create_app(settings_of(home, f"sqlite:///{home / 'portal.sqlite'}", PORTAL_DEBUG="1"))
        upgrade(app)
        with app.app_context():
            demo.seed(clock.now())
            worker.run_until_idle(app, clock.now())
        _picture_all(app)
    print(f"{len(list(OUT.rglob('*.png')))} pictures in {OUT}")


def _picture_all(app: Flask) -> None:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    at = f"http://127.0.0.1:{server.server_port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for email, start in [("", ""), *PEOPLE.items()]:
            who = email.split("@")[0] or "signed-out"
            context = browser.new_context(base_url=at, reduced_motion="reduce")
            if email:
                _sign_in(context, email)
            for path in pages_of(app, context, start) if email else SIGNED_OUT:
                _picture(context, path, OUT / who)
            context.close()
        browser.close()
    server.shutdown()
    for shot, name in SHOWN.items():
        shutil.copy(OUT / f"{shot}.png", Path("docs/pictures") / f"{name}.png")


def _sign_in(context: BrowserContext, email: str) -> None:
    page = context.new_page()
    page.goto("/login")
    page.get_by_label("Mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"/(staff/)?$"))
    page.close()


def _picture(context: BrowserContext, path: str, folder: Path) -> None:
    page = context.new_page()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            page.goto(path)
            _check_width(page, path, width)
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"{_name(path)}-{width}-{theme}.png", full_page=True)
    page.close()


def _check_width(page: Page, path: str, width: int) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        print(f"{path} is {wide} px wide on a screen of {width} px")


def _name(path: str) -> str:
    return path.strip("/").replace("/", "-") or "home"


if __name__ == "__main__":
    main()
