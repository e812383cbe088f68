"""Passkeys with a real browser and an authenticator of its making, and what is refused without one."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import CDPSession, Page

from portal import clock
from portal.activity.models import EventRow
from portal.auth import factors, queries
from portal.auth.challenges import KEPT, LIFE
from portal.auth.factor_models import Passkey
from portal.auth.models import LoginSession, User
from portal.auth.rules import PROOF_HOLDS, Factor, Role
from portal.extensions import db
from portal.scope import all_partners
from tests.support import make
from tests.support.browser import Desk
from tests.support.client import Client
from tests.support.factors import proven, settings, with_app
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


class Authenticator:
    """A device that says yes to everything, and counts."""

    def __init__(self, page: Page, **options: Any) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        usual = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        self.session.send("WebAuthn.enable")
        made = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": usual | options})
        self.id = made["authenticatorId"]

    def credentials(self) -> list[dict[str, Any]]:
        return list(self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"])

    def take_back(self, credential: dict[str, Any]) -> None:
        """Put the credential back as it was when it was read: a copy."""
        self.session.send("WebAuthn.clearCredentials", {"authenticatorId": self.id})
        self.session.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential})


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


@pytest.fixture
def user(client: Client) -> User:
    make.program()
    user = make.partner_user(has_password=True)
    client.as_(user)
    return user


def passkey_of(user: User, **given: Any) -> Passkey:
    usual = {
        "ref": f"K-{make.number():06}",
        "user_id": user.id,
        "name": "Blue key",
        "credential_id": f"AAAA{make.number():04}",
        "public_key": "AAAA",
        "sign_count": 0,
        "transports": ["usb"],
        "is_synced": False,
        "created_at": make.NOON,
    }
    return make.saved(Passkey(**usual | given))


def test_the_options_name_the_host_and_a_challenge_that_is_new_each_time(client: Client, user: User) -> None:
    first, second = (json.loads(client.get("/account/factors/passkeys/options").text) for _ in range(2))
    assert first["rp"]["id"] == "localhost"
    assert first["user"]["name"] == user.email
    assert first["challenge"] != second["challenge"]
    passkey_of(user, credential_id="AAAAAAAA")
    options = json.loads(client.get("/account/factors/passkeys/options").text)
    assert [each["id"] for each in options["excludeCredentials"]] == ["AAAAAAAA"]
    asked = json.loads(client.signed_out().get("/login/passkey").text)
    assert asked["userVerification"] == "required"
    assert not asked.get("allowCredentials"), "nobody is named who has not said who they are"


HOSTILE = [
    "",
    "no json",
    "[]",
    "1e999",
    "{}",
    '{"id": 1}',
    '{"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}}',
    '{"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": 1}',
    '{"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {"clientDataJSON": "!", '
    '"attestationObject": "!", "authenticatorData": "!", "signature": "!"}}',
    '{"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {"clientDataJSON": "e30", "attestationObject":'
    ' "oA", "authenticatorData": "AAAA", "signature": "AAAA", "userHandle": 5, "transports": [[], {}, 1]}}',
    "[" * 30_000,
    "[" * 10_000,
    json.dumps({"id": "A" * 30_000}),
]


@pytest.mark.parametrize("answer", HOSTILE)
def test_an_answer_that_is_none_is_refused_in_words(client: Client, user: User, answer: str) -> None:
    passkey_of(user, credential_id="AAAA")
    client.get("/account/factors/passkeys/options")
    page = client.post("/account/factors/passkeys", data={"name": "Blue key", "answer": answer})
    assert page.status_code == 422
    assert len(factors.of(user).passkeys) == 1
    client.get("/account/proof/passkey")
    assert client.post("/account/proof", data={"proof_passkey": answer}).status_code == 422
    client.signed_out().get("/login/passkey")
    assert client.post("/login/passkey", data={"passkey": answer}).status_code == 422
    assert client.get("/account/").status_code == 302


def test_a_challenge_is_for_one_purpose_and_grows_old(client: Client, user: User) -> None:
    client.get("/account/proof/passkey")
    page = client.post("/account/factors/passkeys", data={"name": "Blue key", "answer": "{}"})
    assert "That took too long, or was sent twice." in page.text
    client.get("/account/factors/passkeys/options")
    with client.session_transaction() as session:
        text, at = session[KEPT]["new"]
        session[KEPT] = {"new": [text, at - LIFE.total_seconds() - 1]}
    page = client.post("/account/factors/passkeys", data={"name": "Blue key", "answer": "{}"})
    assert "That took too long, or was sent twice." in page.text


def test_a_passkey_is_named_anew_and_removed_by_its_owner_only(client: Client, user: User) -> None:
    own, others = passkey_of(user), passkey_of(make.partner_user())
    address = f"/account/factors/passkeys/{own.ref}"
    assert client.post(address, data={"name": "Red key"}).status_code == 303
    assert client.post(address, data={"name": ""}).status_code == 422
    assert [each.name for each in factors.of(user).passkeys] == ["Red key"]
    for path in (f"/account/factors/passkeys/{others.ref}", f"/account/factors/passkeys/{others.ref}/removal"):
        assert client.post(path, data={"name": "Eve"}).status_code == 404
    assert client.post(f"{address}/removal").status_code == 303
    assert not factors.of(user).passkeys


def test_one_of_two_factors_can_go_and_the_other_keeps_counting(client: Client) -> None:
    make.program()
    auditor = make.staff(Role.AUDITOR)
    with_app(auditor)
    passkey = passkey_of(auditor)
    client.as_(auditor)
    proven(auditor, Factor.TOTP)
    with settings(client.application, second_factors=True):
        assert client.post(f"/account/factors/passkeys/{passkey.ref}/removal").status_code == 303
        assert queries.oneself(auditor).factor_since is not None
        assert client.post("/account/factors/app/removal").status_code == 409


def test_at_an_address_without_a_name_an_app_is_offered_instead(client: Client, user: User) -> None:
    with settings(client.application, public_url="http://127.0.0.1:8000"):
        page = client.get("/account/factors").text
        assert "Passkeys belong to an address with a name." in page
        assert "Add a passkey" not in page
        assert "passkey" not in client.signed_out().get("/login").text.lower()
        assert client.get("/login/passkey").status_code == 409
