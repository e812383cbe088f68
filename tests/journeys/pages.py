"""What partners do in more than one journey."""

import re
from collections.abc import Mapping

from playwright.sync_api import Page, expect


def sign_agreement(page: Page, *, company: str, name: str) -> None:
    page.get_by_label("What happens next").get_by_role("link").click()
    page.get_by_role("link", name=re.compile("^A-")).or_(
        page.get_by_role("button", name="Read the agreement")
    ).first.click()
    if page.get_by_role("button", name="Read the agreement").is_visible():
        page.get_by_role("button", name="Read the agreement").click()
    expect(page.locator(".paper")).to_contain_text(company)
    page.get_by_role("button", name="Sign the agreement").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("I have the authority to sign").check()
    page.get_by_label("I agree to sign electronically").check()
    expect(page.get_by_label("Your full name")).to_have_value(name)
    page.get_by_role("button", name="Sign the agreement").click()
    expect(page.get_by_label("What happens next")).to_contain_text("In force since")


def refer(page: Page, own: Mapping[str, str]) -> str:
    """Introduces a company; `own` answers the questions that the program added, by their first words."""
    page.goto("/referrals/new")
    page.get_by_label("Company", exact=True).fill("Zuiderzee Distributie")
    page.get_by_label("Website").fill("https://www.zuiderzee-distributie.example/over-ons")
    page.get_by_label("Country").select_option("NL")
    page.get_by_label("People").fill("180")
    page.get_by_label("Industry").fill("Logistics")
    page.get_by_label("Name", exact=True).fill("Femke Visser")
    page.get_by_label("Job title").fill("Operations Director")
    expect(page.locator("#reading")).to_contain_text("qualifies at once")
    page.get_by_label("Work mail address").fill("femke@zuiderzee-distributie.example")
    page.get_by_label("What do they need?").fill("Dispatchers and sales keep two lists of the same customers.")
    page.get_by_label("This quarter").check()
    page.get_by_role("group", name="Is a public tender out for it?").get_by_label("No").check()
    for question, answer in own.items():
        page.get_by_role("group", name=question).get_by_label(answer, exact=True).check()
    page.get_by_label("I wrote a mail that introduces us").check()
    page.get_by_label("They agree to hear from us").check()
    page.get_by_role("button", name="Send the referral").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Zuiderzee Distributie")
    expect(page.get_by_label("What happens next")).to_contain_text("answers by")
    return page.url.rsplit("/", 1)[1].split("?")[0]
