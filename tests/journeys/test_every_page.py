"""Every page of the demo program, as its people reach it: in a real browser, read by axe, light, dark and narrow."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Page

from portal import clock, worker
from portal.seeds import demo
from tests.support.browser import Desk
from tests.support.every_page import endpoint_of, pages_of

NARROW, WIDE = 360, 1280
RULES: dict[str, object] = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
CONTRAST: dict[str, object] = {"runOnly": ["color-contrast"]}
SIDES = {
    "partner": ["ana@brightwater.example", "hana@harbourlane.example", "fay@brightwater.example"],
    "staff": ["admin@portal.example", "maya@portal.example", "sam@portal.example", "finn@portal.example"],
}


@pytest.mark.browser
@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("side", SIDES)
def test_every_page_can_be_read_by_everybody(app: Flask, desks: Desk, side: str) -> None:
    demo.seed(clock.now())
    worker.run_until_idle(app, clock.now())
    troubles, met = [], set[str]()
    for email in SIDES[side]:
        page = desks.of(email)
        for path in pages_of(app, page.context, "/" if side == "partner" else "/staff/"):
            if (kind := endpoint_of(app, path)) not in met or kind.endswith(".show"):
                met.add(kind)
                page.goto(path)
                troubles += [f"{email} {path}: {trouble}" for trouble in _troubles(page)]
    desks.check_consoles(but=())
    assert not troubles, "\n".join(troubles)


def _troubles(page: Page) -> list[str]:
    page.set_viewport_size({"width": NARROW, "height": 900})
    wide = page.evaluate("document.documentElement.scrollWidth")
    found = [f"{wide} px wide on a screen of {NARROW} px"] if wide > NARROW else []
    page.emulate_media(color_scheme="dark")
    page.evaluate(AXE_SCRIPT)
    found += [f"dark: {violation}" for violation in _violations(page, CONTRAST)]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": WIDE, "height": 900})
    return found + _violations(page, RULES)


def _violations(page: Page, options: dict[str, object]) -> list[str]:
    run = "options => axe.run(options).then(({violations}) => violations.map(each => [each.id, each.nodes]))"
    found = page.evaluate(run, options | {"resultTypes": ["violations"]})
    return [f"{rule}: {', '.join(str(node['target'][0]) for node in nodes[:3])}" for rule, nodes in found]
