"""The whole story in a real browser: from a waiting agreement to a paid fee, each person at their own desk."""

import re
from email import message_from_bytes
from email.policy import default

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from portal import clock, worker
from portal.proof import broken
from portal.seeds import demo
from tests.journeys.pages import refer, sign_agreement
from tests.support.browser import Desk


@pytest.mark.browser
def test_a_referral_from_the_agreement_to_the_paid_fee(app: Flask, desks: Desk) -> None:
    demo.seed(clock.now())

    hana = desks.of("hana@harbourlane.example")
    expect(hana.get_by_label("What happens next")).to_contain_text("Your agreement is waiting for your signature")
    sign_agreement(hana, company="Harbour & Lane B.V.", name="Hana Novák")
    worker.run_until_idle(app, clock.now())
    _take_the_pdf_away(hana)
    _read(hana)
    ref = refer(hana, {"Do they sell software": "No"})

    maya = desks.of("maya@portal.example")
    _qualify(maya, ref)
    sam = desks.of("sam@portal.example")
    _win(sam)
    hana.goto(f"/referrals/{ref}")
    expect(hana.get_by_role("main")).to_contain_text("€2,450.00")

    finn, olga = desks.of("finn@portal.example"), desks.of("olga@portal.example")
    _pay(finn, olga)

    _see_why(hana, ref)
    _was_told(app, "hana@harbourlane.example")

    carl = desks.of("carl@northgate.example")
    assert carl.goto(f"/referrals/{ref}").status == 404  # type: ignore[union-attr]
    desks.check_consoles(but=("404", "422"))
    assert not list(broken())


def _take_the_pdf_away(hana: Page) -> None:
    hana.reload()
    with hana.expect_download() as waiting:
        hana.get_by_role("link", name="PDF").click()
    pages = PdfReader(waiting.value.path()).pages
    text = "\n".join(page.extract_text() for page in pages)
    assert "Harbour & Lane B.V." in text
    assert "Hana Novák" in pages[-1].extract_text(), "the last page is the evidence"


def _read(hana: Page) -> None:
    hana.goto("/resources/")
    hana.get_by_role("link", name="Mid-size logistics").click()
    expect(hana.get_by_role("heading", level=1)).to_contain_text("Mid-size logistics")
    hana.goto("/resources/")
    hana.get_by_role("link", name="Introducing us in three sentences").click()
    expect(hana.get_by_role("heading", level=1)).to_contain_text("Introducing us")


def _qualify(maya: Page, ref: str) -> None:
    maya.get_by_role("link", name=re.compile("Zuiderzee Distributie")).click()
    expect(maya.locator("mark", has_text="Operations Director")).to_be_visible()
    maya.get_by_role("button", name="Qualify").click()
    expect(maya.get_by_role("status")).to_contain_text("Sam Ortega")
    expect(maya.get_by_role("main")).to_contain_text("Protected")


def _win(sam: Page) -> None:
    sam.get_by_role("link", name=re.compile("Zuiderzee Distributie")).click()
    for stage in ("Contacted", "Meeting", "Proposal"):
        sam.get_by_role("button", name=stage).click()
        expect(sam.locator("h1 ~ .actions, .head .status").first).to_contain_text(stage)
    sam.get_by_label("Signed value").fill("24,500.00")
    sam.get_by_role("button", name="It is won").click()
    expect(sam.get_by_role("main")).to_contain_text("€24,500.00")


def _was_told(app: Flask, address: str) -> None:
    worker.run_until_idle(app, clock.now())
    subjects = {
        message["subject"]
        for path in (app.config["SETTINGS"].home / "mail").glob("*.eml")
        if (message := message_from_bytes(path.read_bytes(), policy=default))["to"].endswith(address)
    }
    for step in ("in force", "received", "qualified", "won", "paid"):
        assert any(step in subject.lower() for subject in subjects), (step, subjects)


def _pay(finn: Page, olga: Page) -> None:
    finn.goto("/staff/fees/")
    finn.get_by_label("Choose Zuiderzee Distributie").check()
    finn.get_by_role("button", name="Approve the chosen ones").click()
    row = finn.get_by_role("row", name=re.compile("Harbour & Lane"))
    row.get_by_role("button", name="Issue the statement").click()
    finn.get_by_role("button", name="Issue it").locator("visible=true").click()
    finn.goto("/staff/payouts/")
    finn.get_by_role("button", name="Build the run").first.click()
    finn.get_by_role("dialog").get_by_role("button", name="Build the run").click()
    expect(finn.get_by_role("heading", level=1)).to_contain_text("Payout of")
    expect(finn.get_by_role("button", name="Release")).to_have_count(0)
    olga.goto(finn.url)
    for step in ("Release", "Record as paid"):
        olga.get_by_role("button", name=step).first.click()
        olga.get_by_role("dialog").get_by_role("button", name=step).click()
    expect(olga.get_by_label("What happens next")).to_contain_text("Recorded as paid by Olga Petrova")


def _see_why(hana: Page, ref: str) -> None:
    hana.goto(f"/referrals/{ref}")
    expect(hana.get_by_label("What happens next")).to_contain_text("paid")
    hana.get_by_role("link", name="Why this amount").click()
    expect(hana.get_by_role("heading", level=1)).to_have_text("Why €2,450.00")
    expect(hana.get_by_role("main")).to_contain_text("10 %")
