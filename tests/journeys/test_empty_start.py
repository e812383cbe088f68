"""From `portal setup` to the first referral of the first real partner, in the pages alone."""

import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from portal import clock, worker
from portal.auth.rules import Role
from portal.proof import broken
from portal.seeds import setup
from portal.seeds.invite import invite_staff
from tests.journeys.pages import refer, sign_agreement
from tests.support.browser import Desk

ANSWERS = setup.Answers(
    name="Anker partners",
    company="Anker Software AG",
    currency="EUR",
    time_zone="Europe/Berlin",
    hours="09:00-12:00, 13:00-17:30",
    country="DE,AT,CH,NL",
    percent="12.5",
    law="Germany",
    admin_email="ada@anker.example",
    admin_name="Ada Lenz",
)
PASSWORD = "a sentence that is easy to remember"


@pytest.mark.browser
def test_an_empty_start_leads_to_the_first_referral(app: Flask, desks: Desk) -> None:
    said = setup.set_up(clock.now(), ANSWERS)
    ada = _accept(desks, _path(said), "Ada Lenz")
    expect(ada.get_by_role("heading", level=1)).to_have_text("Today")
    sales = invite_staff("sven@anker.example", "Sven Ohm", frozenset({Role.SALES_OWNER, Role.QUALIFIER}), clock.now())
    sven = _accept(desks, _path(said=sales), "Sven Ohm")

    _take_on(ada)
    link = _link_in_mail(app, "pia@pilot.example")
    pia = _accept(desks, link, "Pia Wolff")
    sign_agreement(pia, company="Pilot Beratung GmbH", name="Pia Wolff")
    ref = refer(pia, {})

    sven.goto("/staff/")
    sven.get_by_role("link", name=re.compile("Zuiderzee Distributie")).first.click()
    sven.get_by_role("button", name="Qualify", exact=True).click()
    pia.goto(f"/referrals/{ref}")
    expect(pia.get_by_label("What happens next")).to_contain_text("Sven Ohm")
    desks.check_consoles(but=("422",))
    assert not list(broken())


def _accept(desks: Desk, path: str, name: str) -> Page:
    page = desks.somebody()
    page.goto(path)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Open my account").click()
    page.wait_for_url(re.compile(r"/(staff/)?$"))
    return page


def _take_on(ada: Page) -> None:
    ada.goto("/staff/partners/new")
    ada.get_by_role("button", name="Take them on").click()
    expect(ada.get_by_role("alert")).to_be_visible()
    ada.get_by_label("Name", exact=True).fill("Pilot Beratung")
    ada.get_by_label("Legal name").fill("Pilot Beratung GmbH")
    ada.get_by_label("Address", exact=True).fill("Lange Reihe 4, 20099 Hamburg")
    ada.get_by_label("Country").select_option("DE")
    ada.get_by_label("Name of the contact").fill("Pia Wolff")
    ada.get_by_label("Mail address at work").fill("pia@pilot.example")
    ada.get_by_label("Partner lead").check()
    ada.get_by_label("Signatory").check()
    ada.get_by_role("button", name="Take them on").click()
    expect(ada.get_by_role("heading", level=1)).to_have_text("Pilot Beratung")
    ada.get_by_role("link", name="Prepare the first").click()
    ada.get_by_role("button", name="Keep as draft").click()
    ada.get_by_role("button", name="Send it").first.click()
    ada.get_by_role("dialog").get_by_role("button", name="Send it").click()
    expect(ada.get_by_label("What happens next")).to_contain_text("signs by")


def _link_in_mail(app: Flask, address: str) -> str:
    worker.run_until_idle(app, clock.now())
    for path in sorted((Path(app.config["SETTINGS"].home) / "mail").glob("*.eml"), reverse=True):
        message = message_from_bytes(path.read_bytes(), policy=default)
        body = message.get_body(("plain",))
        if address in message["to"] and body is not None and "/invitation/" in body.get_content():
            return _path(body.get_content())
    raise AssertionError(f"no invitation was sent to {address}")


def _path(said: str) -> str:
    found = re.search(r"/invitation/\S+", said)
    assert found, said
    return found[0]
