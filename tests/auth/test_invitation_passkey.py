"""An invitation that is accepted with a passkey, and no password at all."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask

from portal import clock
from portal.auth import invitations, queries
from portal.auth.models import User
from portal.auth.rules import LinkPurpose, PersonState
from portal.extensions import db
from tests.auth.test_links import invited, link_of, stored
from tests.support import make
from tests.support.authenticator import Authenticator
from tests.support.browser import Desk
from tests.support.client import Client
from tests.support.factors import settings
from tests.support.soft_key import PRESENT, VERIFIED, made

on_sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture
def at_home(app: Flask, served: str) -> Iterator[str]:
    """The program at an address with a name: passkeys belong to names."""
    address = f"http://localhost:{urlsplit(served).port}"
    with settings(app, public_url=address):
        yield address


def sent() -> str:
    """Where an invitation leads; nothing is held that the browser would wait for."""
    _, path = invited()
    db.session.expunge_all()
    db.session.rollback()
    return path


def hana() -> User:
    found = queries.by_email("hana@lane.example")
    assert found is not None
    return found


@on_sqlite
@pytest.mark.browser
def test_one_comes_in_with_a_passkey_and_is_active_without_a_password(desks: Desk, at_home: str) -> None:
    make.program()
    path = sent()
    page = desks.somebody()
    Authenticator(page)
    page.goto(f"{at_home}{path}")
    page.get_by_role("button", name="Open my account with a passkey").click()
    page.wait_for_url(f"{at_home}/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{at_home}/")
    known = hana()
    assert (known.name, known.password_hash, known.factor_since is not None) == ("Hana", None, True)
    assert queries.person(queries.get_visible(known, known.ref), clock.now()).state is PersonState.ACTIVE
    db.session.rollback()
    desks.check_consoles(())


@on_sqlite
@pytest.mark.browser
def test_a_device_that_does_not_ask_its_owner_opens_no_account_alone(desks: Desk, at_home: str) -> None:
    make.program()
    path = sent()
    page = desks.somebody()
    Authenticator(page, hasUserVerification=False)
    page.goto(f"{at_home}{path}")
    page.get_by_role("button", name="Open my account with a passkey").click()
    page.get_by_text("That did not work").wait_for()
    assert hana().accepted_at is None
    db.session.rollback()


def test_an_answer_that_does_not_fit_opens_nothing(client: Client) -> None:
    make.program()
    user, path = invited()
    for answer in ("", "{}", "[]", "x" * 30_000):
        page = client.post(f"{path}/passkey", data={"answer": answer})
        assert (page.status_code, "That took too long" in page.text) == (422, True)
    assert client.get(f"{path}/passkey").json["user"]["name"] == user.email  # type: ignore[index]
    assert client.post(f"{path}/passkey", data={"answer": "{}"}).status_code == 422
    assert stored(user).accepted_at is None
    assert client.get("/account/").status_code == 302


@pytest.mark.parametrize(("flags", "code"), [(PRESENT | VERIFIED, 303), (PRESENT, 422), (VERIFIED, 422)])
def test_a_passkey_alone_has_to_have_seen_its_owner(client: Client, flags: int, code: int) -> None:
    make.program()
    user, path = invited()
    options = client.get(f"{path}/passkey").text
    assert client.post(f"{path}/passkey", data={"answer": made(options, flags=flags)}).status_code == code
    assert (stored(user).accepted_at is not None) == (code == 303)


def test_a_link_that_is_over_makes_no_passkey(client: Client) -> None:
    user, path = invited()
    invitations.revoke(make.staff(), stored(user), now=clock.now())
    db.session.commit()
    assert client.get(f"{path}/passkey").status_code == 404
    assert client.post(f"{path}/passkey", data={"answer": "{}"}).status_code == 410
    assert link_of(user, LinkPurpose.INVITATION) == path


def test_where_the_portal_is_reached_at_a_number_no_passkey_is_offered(client: Client) -> None:
    make.program()
    _, path = invited()
    assert "with a passkey" in client.get(path).text
    with settings(client.application, public_url="http://127.0.0.1"):
        assert "with a passkey" not in client.get(path).text
        assert client.post(f"{path}/passkey", data={"answer": "{}"}).status_code == 404
