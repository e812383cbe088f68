"""Passkeys with a real browser and an authenticator of its making."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page

from portal import clock
from portal.activity.models import EventRow
from portal.auth.factor_models import Passkey
from portal.auth.models import LoginSession, User
from portal.auth.rules import PROOF_HOLDS, Factor
from portal.extensions import db
from portal.scope import all_partners
from tests.support import make
from tests.support.authenticator import Authenticator
from tests.support.browser import Desk
from tests.support.factors import settings
from tests.support.make import PASSWORD

on_sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
SIGN_IN = "Sign in with a passkey"


@pytest.fixture
def at_home(app: Flask, served: str) -> Iterator[str]:
    """The program at an address with a name: passkeys belong to names."""
    address = f"http://localhost:{urlsplit(served).port}"
    with settings(app, public_url=address):
        yield address


@pytest.fixture
def page(desks: Desk, at_home: str) -> Page:
    return desks.somebody()


def go_in(page: Page, home: str, user: User) -> None:
    page.goto(f"{home}/login")
    page.get_by_label("Mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def go_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login")


def add_passkey(page: Page, home: str, name: str) -> None:
    page.goto(f"{home}/account/factors")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Add a passkey").click()


def factors_of_sessions() -> list[Factor]:
    live = sa.select(LoginSession.factor).where(LoginSession.ended_at.is_(None), ~LoginSession.awaits_factor)
    found = list(db.session.scalars(live.order_by(LoginSession.id)))
    db.session.expunge_all()
    db.session.rollback()  # or the test keeps the one write lock of SQLite
    return found


def make_stale() -> None:
    db.session.execute(sa.update(LoginSession).values(proved_at=clock.now() - PROOF_HOLDS))
    db.session.commit()


@pytest.fixture
def member(page: Page, at_home: str) -> User:
    """Somebody who is signed in with their password."""
    make.program()
    user = make.partner_user(has_password=True)
    go_in(page, at_home, user)
    page.wait_for_url(f"{at_home}/")
    return user


def add_first(page: Page, home: str, name: str) -> None:
    add_passkey(page, home, name)
    page.get_by_role("heading", name="Your recovery codes").wait_for()


@on_sqlite
@pytest.mark.browser
def test_a_passkey_is_added_and_recovery_codes_come_with_it(
    page: Page, at_home: str, member: User, desks: Desk
) -> None:
    Authenticator(page)
    add_first(page, at_home, "This laptop")
    assert page.locator(".codes li").count() == 10
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "recovery-codes.txt"
    page.goto(f"{at_home}/account/factors")
    page.get_by_role("link", name="This laptop").wait_for()
    assert factors_of_sessions() == [Factor.PASSKEY]
    add_passkey(page, at_home, "Again")
    page.get_by_text("This device has a passkey for you already.").wait_for()
    desks.check_consoles(())


@on_sqlite
@pytest.mark.browser
def test_a_passkey_signs_in_alone_and_after_the_password(page: Page, at_home: str, member: User) -> None:
    Authenticator(page)
    add_first(page, at_home, "This laptop")
    go_out(page)
    page.goto(f"{at_home}/login?next=/team/")
    page.get_by_role("button", name=SIGN_IN).click()
    page.wait_for_url(f"{at_home}/team/")
    assert factors_of_sessions() == [Factor.PASSKEY]
    go_out(page)
    go_in(page, at_home, member)
    page.wait_for_url(f"{at_home}/login/second-factor")
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url(f"{at_home}/")
    assert factors_of_sessions() == [Factor.PASSKEY]


@on_sqlite
@pytest.mark.browser
def test_a_form_that_waits_goes_on_with_a_passkey(page: Page, at_home: str, member: User, desks: Desk) -> None:
    Authenticator(page)
    add_first(page, at_home, "This laptop")
    make_stale()
    page.goto(f"{at_home}/company/tax-form")
    page.get_by_role("radio").first.check()
    page.get_by_role("main").get_by_role("button").first.click()
    page.get_by_role("button", name="Use your passkey").click()
    page.get_by_text("Your tax form is on file.").wait_for()
    desks.check_consoles(("422",))


@on_sqlite
@pytest.mark.browser
def test_a_key_that_is_plugged_in_is_a_second_factor_and_none_alone(page: Page, at_home: str, member: User) -> None:
    plain = {"transport": "usb", "hasResidentKey": False, "hasUserVerification": False, "isUserVerified": False}
    Authenticator(page, **plain)
    add_first(page, at_home, "Blue key")
    go_out(page)
    go_in(page, at_home, member)
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url(f"{at_home}/")


@on_sqlite
@pytest.mark.browser
def test_a_copy_of_a_passkey_is_refused_and_on_record(page: Page, at_home: str, member: User) -> None:
    device = Authenticator(page)
    add_first(page, at_home, "This laptop")
    copied = device.credentials()[0]
    go_out(page)
    page.get_by_role("button", name=SIGN_IN).click()
    page.wait_for_url(f"{at_home}/")
    go_out(page)
    device.take_back(copied)
    page.get_by_role("button", name=SIGN_IN).click()
    page.get_by_text("This passkey may have been copied").wait_for()
    assert factors_of_sessions() == []
    kinds = db.session.scalars(all_partners(sa.select(EventRow.kind), "a test")).all()
    assert kinds.count("PasskeyDoubted") == 1


@on_sqlite
@pytest.mark.browser
def test_a_passkey_of_nobody_here_is_said_to_be_one(page: Page, at_home: str, member: User) -> None:
    Authenticator(page)
    add_first(page, at_home, "This laptop")
    go_out(page)
    db.session.execute(sa.delete(Passkey))
    db.session.commit()
    page.get_by_role("button", name=SIGN_IN).click()
    page.get_by_text("This passkey belongs to no account here.").wait_for()
    assert factors_of_sessions() == []


@on_sqlite
@pytest.mark.browser
def test_where_the_browser_knows_no_passkeys_none_is_offered(page: Page, at_home: str) -> None:
    make.program()
    page.add_init_script("delete window.PublicKeyCredential")
    page.goto(f"{at_home}/login")
    assert page.get_by_role("button", name=SIGN_IN).count() == 0
    assert page.get_by_role("button", name="Sign in", exact=True).is_visible()
