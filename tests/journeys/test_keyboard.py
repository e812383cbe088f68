"""The queue without a mouse: move, open, read, decide, go on; and nothing of it for whoever switched letters off."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from portal import clock
from portal.auth.rules import Role
from tests.support import make, sales
from tests.support.browser import Desk


@pytest.mark.browser
@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_qualifier_works_through_the_queue_by_keys(app: Flask, desks: Desk) -> None:
    sales.program()
    make.staff(Role.SALES_OWNER, name="Sam")
    ana = sales.lead(name="Ana")
    first, second = (sales.referral(ana, clock.now(), company=n, website=f"{n}.example") for n in ("Aa", "Bb"))
    page = desks.of(make.staff(Role.QUALIFIER, has_password=True).email, make.PASSWORD)
    _move(page)
    page.wait_for_url(f"**/staff/referrals/{first.ref}")
    _ask_for_keys(page)
    _decide(page)
    page.keyboard.press("n")
    page.wait_for_url(f"**/staff/referrals/{second.ref}")
    _without_letters(page, second.ref)
    desks.check_consoles(but=())


def _move(page: Page) -> None:
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Decide: Aa")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Decide: Bb")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")


def _ask_for_keys(page: Page) -> None:
    page.get_by_role("link", name="Next", exact=True).focus()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys.get_by_role("definition")).to_contain_text(["Qualify", "Ask the partner", "Decline", "These keys"])
    page.keyboard.press("Escape")
    expect(keys).not_to_be_visible()
    expect(page.get_by_role("link", name="Next", exact=True)).to_be_focused()


def _decide(page: Page) -> None:
    page.keyboard.press("i")
    expect(page.get_by_label("Question to the partner")).to_be_focused()
    page.keyboard.type("Is qd answered?")
    expect(page.get_by_label("Question to the partner")).to_have_value("Is qd answered?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("q")
    expect(page.get_by_role("button", name="Qualify", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Next: Bb")
    page.get_by_role("heading", level=1).click()


def _without_letters(page: Page, ref: str) -> None:
    page.goto("/account/")
    page.get_by_label("Single letters are shortcuts").uncheck()
    page.get_by_role("main").get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    page.goto(f"/staff/referrals/{ref}")
    page.keyboard.press("n")
    page.keyboard.press("d")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("link", name="Keys are off")).to_be_visible()
    expect(page.get_by_label("Reason")).not_to_be_visible()
    expect(page).to_have_url(re.compile(ref))
