"""A partner's lead sets single sign-on up, and a colleague comes by it, with scripts and without."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from portal.proof import broken
from tests.support import fees, make
from tests.support.browser import Desk
from tests.support.factors import settings
from tests.support.identity_provider import Provider, asks_a_provider, provider

ELSEWHERE = re.compile("^https://")
"""Where the provider's own page would have its style from."""
pytestmark = [pytest.mark.browser, asks_a_provider]


def test_a_company_signs_in_through_its_own_provider(app: Flask, desks: Desk, served: str, chromium: Browser) -> None:
    make.program()
    lead = make.partner_user(
        partner_id=fees.company().id, email="ana@brightwater.example", name="Ana", has_password=True
    )
    with settings(app, public_url=served), provider() as there:
        there.person("ben-17", "ben@brightwater.example", name="Ben Lane", groups=["partners"])
        _set_up(desks.of(lead.email, make.PASSWORD), there)

        ben = desks.somebody()
        ben.route(ELSEWHERE, lambda route: route.fulfill(body=""))
        ben.goto("/login?next=/team/")
        ben.get_by_role("link", name="Sign in with your company").click()
        ben.get_by_label("Mail address").fill("ben@brightwater.example")
        ben.get_by_role("button", name="Go on").click()
        _authorize(ben, there)
        ben.wait_for_url(f"{served}/team/")
        expect(ben.get_by_text("Ben Lane").first).to_be_visible()

        _come_without_scripts(chromium, served, there)
        desks.check_consoles(but=("404 (NOT FOUND)",))  # the provider has no icon
    assert not list(broken())


def _come_without_scripts(chromium: Browser, served: str, there: Provider) -> None:
    without_scripts = chromium.new_context(base_url=served, java_script_enabled=False)
    plain = without_scripts.new_page()
    plain.route(ELSEWHERE, lambda route: route.fulfill(body=""))
    plain.goto("/login/sso")
    plain.get_by_label("Mail address").fill("ben@brightwater.example")
    plain.get_by_role("button", name="Go on").click()
    _authorize(plain, there)
    plain.get_by_role("button", name="Go on").click()
    plain.wait_for_url(f"{served}/")
    expect(plain.get_by_role("heading", level=1)).to_be_visible()
    without_scripts.close()


def _set_up(ana: Page, there: Provider) -> None:
    ana.goto("/company/")
    ana.get_by_role("link", name="Single sign-on").click()
    ana.get_by_role("link", name="Set it up").click()
    ana.get_by_label("Address of the identity provider").fill(there.issuer)
    ana.get_by_label("Client ID").fill("portal")
    ana.get_by_label("Client secret").fill("a secret")
    ana.get_by_label("Mail domains").fill("brightwater.example")
    ana.get_by_label("Whoever comes gets an account").check()
    ana.get_by_role("textbox", name="Partner member").fill("partners")
    ana.get_by_role("button", name="Save").click()
    ana.get_by_role("button", name="Test the connection").click()
    expect(ana.get_by_label("What happens next")).to_contain_text("The provider answers")
    ana.goto("/company/sign-in")
    ana.get_by_role("button", name="Switch it on").click()
    ana.get_by_role("dialog").get_by_role("button", name="Switch it on").click()
    expect(ana.locator(".notices")).to_contain_text("Single sign-on is on.")


def _authorize(page: Page, there: Provider) -> None:
    page.wait_for_url(re.compile(f"^{there.issuer}/oauth2/authorize"))
    page.locator("input[name=sub]").fill("ben-17")
    page.get_by_role("button", name="Authorize").first.click()
