"""Where one is signed in, for how long, and who is told of a browser not seen before."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, request
from werkzeug.test import TestResponse

from portal import clock, create_app
from portal.auth import actions, devices, queries
from portal.auth.models import KnownDevice, LoginSession, User
from portal.auth.rules import LinkPurpose, Role
from portal.auth.sessions import open_session
from portal.errors import Refused
from portal.extensions import db
from tests.auth.test_links import NEW, invited, link_of, told
from tests.support import make
from tests.support.client import Client, client_of
from tests.support.databases import settings_of
from tests.support.mailing import mails
from tests.support.make import PASSWORD

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0"
CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"


def sign_in(client: Client, user: User, browser: str = FIREFOX, address: str = "203.0.113.7") -> TestResponse:
    answer = client.post(
        "/login",
        data={"email": user.email, "password": PASSWORD},
        headers={"User-Agent": browser},
        environ_overrides={"REMOTE_ADDR": address},
    )
    assert answer.status_code == 303
    return answer


def rested(of: User, created_at: datetime, last_used_at: datetime) -> None:
    """Their sessions were begun and used at these times."""
    times = {"created_at": created_at, "last_used_at": last_used_at}
    db.session.execute(sa.update(LoginSession).where(LoginSession.user_id == of.id).values(**times))
    db.session.commit()


def test_one_sees_where_one_is_signed_in_how_and_until_when(client: Client) -> None:
    make.program()
    user, other = make.partner_user(has_password=True), client_of(client.application)
    sign_in(other, user, CHROME, "198.51.100.4")
    sign_in(client, user)
    page = client.get("/account/devices").text
    for words in ("Firefox on Windows", "from 203.0.113.7", "Chrome on Android", "from 198.51.100.4", "with password"):
        assert words in page
    assert page.count("This one") == 1
    assert "not used for 12 hours" in page


def test_one_signs_out_one_or_all_others(client: Client) -> None:
    user = make.partner_user()
    others = [client_of(client.application).as_(user) for _ in range(3)]
    page = client.as_(user).get("/account/devices").text
    handle = re.findall(r"/account/sessions/(\w{16})/end", page)[0]
    assert client.post(f"/account/sessions/{handle}/end").location == "/account/devices"
    assert sorted(other.get("/account/").status_code for other in others) == [200, 200, 302]
    assert client.post("/account/sessions/end").location == "/account/devices"
    assert [other.get("/account/").status_code for other in others] == [302, 302, 302]
    assert client.get("/account/").status_code == 200


def test_somebody_elses_session_is_not_found(client: Client) -> None:
    client_of(client.application).as_(make.partner_user())
    digest = db.session.scalar(sa.select(LoginSession.token_hash)) or ""
    client.as_(make.partner_user())
    for handle in (digest[:16], "x", "%25", "0" * 16):
        assert client.post(f"/account/sessions/{handle}/end").status_code == 404


@pytest.mark.parametrize(
    ("role", "idle", "absolute"),
    [
        (Role.QUALIFIER, timedelta(hours=12), timedelta(days=14)),
        (Role.FINANCE_APPROVER, timedelta(hours=2), timedelta(hours=12)),
        (Role.PROGRAM_ADMIN, timedelta(hours=2), timedelta(hours=12)),
    ],
)
def test_a_session_ends_by_itself(client: Client, role: Role, idle: timedelta, absolute: timedelta) -> None:
    make.program()
    user, now, moment = make.staff(role), clock.now(), timedelta(minutes=1)
    client.as_(user)
    for begun, used, code in (
        (now - idle + moment, now - idle + moment, 200),
        (now - absolute + moment, now, 200),
        (now - idle, now - idle, 302),
        (now - absolute, now, 302),
    ):
        rested(user, begun, used)
        assert client.get("/account/").status_code == code, (begun, used)
        assert len(queries.devices(client_user(user), now)) == (code == 200)


def client_user(user: User) -> User:
    found = queries.get_visible(user, user.ref)
    found.session_token = "none"
    return found


@pytest.mark.parametrize(("role", "hours"), [(Role.QUALIFIER, 12), (Role.AUDITOR, 2)])
def test_signing_in_tells_until_when(client: Client, role: Role, hours: int) -> None:
    make.program()
    page = client.post(
        "/login", data={"email": make.staff(role, has_password=True).email, "password": PASSWORD}, follow_redirects=True
    )
    assert f", or until {hours} hours without use." in page.text


def test_a_change_of_roles_ends_every_session_of_that_person(client: Client) -> None:
    admin, user = make.staff(Role.PROGRAM_ADMIN), make.staff()
    theirs = client_of(client.application).as_(user)
    same = {"roles": ["qualifier"]}
    client.as_(admin).post(f"/staff/people/{user.ref}/roles", data=same)
    assert theirs.get("/account/").status_code == 200, "what stands already is no change"
    client.post(f"/staff/people/{user.ref}/roles", data={"roles": ["qualifier", "sales_owner"]})
    assert theirs.get("/account/").status_code == 302
    assert client.get("/account/").status_code == 200


def test_sessions_end_in_the_transaction_that_ends_what_they_rest_on(app: Flask) -> None:
    now = clock.now()
    for change in ("disabled", "roles", "password"):
        admin, user = make.staff(Role.PROGRAM_ADMIN), make.staff(has_password=True)
        open_session(user, now)
        db.session.commit()
        user = queries.get_visible(admin, user.ref)
        if change == "disabled":
            actions.disable_user(admin, user, now=now)
        elif change == "roles":
            actions.change_roles(admin, user, frozenset({Role.AUDITOR}), now=now)
        else:
            user.session_token = ""
            actions.change_password(user, current=PASSWORD, password=NEW, now=now)
        user_id = user.id
        assert not live(user_id), change
        db.session.rollback()
        assert live(user_id), "what is rolled back has ended nothing"


def live(user_id: int) -> int:
    of_theirs = sa.select(sa.func.count(LoginSession.id)).where(LoginSession.user_id == user_id)
    return db.session.scalar(of_theirs.where(LoginSession.ended_at.is_(None))) or 0


def test_the_first_browser_ever_is_told_to_nobody(client: Client) -> None:
    make.program()
    user, path = invited()
    client.post(path, data={"name": "Hana", "password": NEW}, headers={"User-Agent": FIREFOX})
    assert [mail.event_kind for mail in mails()] == ["UserInvited"]
    assert len(known_of(user)) == 1


def test_a_browser_not_seen_before_is_told_by_mail_once(client: Client) -> None:
    make.program()
    user, other = make.partner_user(has_password=True), client_of(client.application)
    sign_in(client, user)
    assert not mails()
    for _ in range(2):
        sign_in(other, user, CHROME, "198.51.100.4")
        other.post("/logout")
    (mail,) = mails("NewDeviceUsed")
    assert mail.to_address == user.email
    for words in ("Chrome on Android", "from the network address 198.51.100.4", "CET", "It was not you?"):
        assert words in "".join(mail.lines), words
    sign_in(client.signed_out(), user, "another version of Firefox", "192.0.2.9")
    assert len(mails("NewDeviceUsed")) == 1, "the cookie says so, not the words or the network"
    assert told() == ["NewDeviceUsed"]
    assert len(known_of(user)) == 2


def test_a_browser_is_known_for_each_person_apart(client: Client) -> None:
    make.program()
    ana, ben = make.partner_user(has_password=True), make.partner_user(has_password=True)
    elsewhere = client_of(client.application)
    sign_in(elsewhere, ben)
    sign_in(client, ana)
    sign_in(client.signed_out(), ben)
    assert [mail.to_address for mail in mails()] == [ben.email]


def test_the_cookie_of_a_browser_is_kept_from_scripts_and_other_sites(client: Client) -> None:
    answer = sign_in(client, make.partner_user(has_password=True))
    (cookie,) = [each for each in answer.headers.getlist("Set-Cookie") if each.startswith("device=")]
    for word in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=34560000"):
        assert word in cookie
    assert "Secure" not in cookie


def test_where_there_is_tls_the_cookie_belongs_to_this_host_alone(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    make.program()
    monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", True)
    user = make.partner_user()
    with app.test_request_context():
        devices.recognise(user, clock.now())
        cookie = app.process_response(app.response_class()).headers["Set-Cookie"]
    assert cookie.startswith("__Host-device=")
    assert "; Secure" in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize("forged", ["", "x", "Im5vYm9keSI.x"])
def test_a_cookie_that_we_did_not_write_is_a_new_browser(client: Client, forged: str) -> None:
    make.program()
    user = make.partner_user(has_password=True)
    sign_in(client_of(client.application), user)
    client.set_cookie("device", forged)
    sign_in(client, user)
    assert len(mails("NewDeviceUsed")) == 1


def test_no_cookie_is_written_for_a_wrong_password(client: Client) -> None:
    user = make.partner_user(has_password=True)
    answer = client.post("/login", data={"email": user.email, "password": "no, not this"})
    assert not [each for each in answer.headers.getlist("Set-Cookie") if each.startswith("device=")]
    assert not known_of(user)


def test_the_row_holds_no_more_than_a_digest(client: Client) -> None:
    user = make.partner_user(has_password=True)
    answer = sign_in(client, user)
    (cookie,) = [each for each in answer.headers.getlist("Set-Cookie") if each.startswith("device=")]
    (known,) = known_of(user)
    assert known.digest not in cookie
    assert len(known.digest) == 64


def known_of(user: User) -> list[KnownDevice]:
    return list(db.session.scalars(sa.select(KnownDevice).where(KnownDevice.user_id == user.id)))


def test_an_invitation_link_of_old_makes_no_device(client: Client) -> None:
    user, path = invited(clock.now() - timedelta(days=8))
    client.post(path, data={"name": "Hana", "password": NEW})
    assert not known_of(user)
    assert link_of(user, LinkPurpose.INVITATION)


@pytest.mark.parametrize(("proxies", "address"), [("0", "10.0.0.1"), ("1", "198.51.100.4"), ("2", "203.0.113.7")])
def test_behind_proxies_of_ours_the_address_is_the_one_that_they_saw(app: Flask, proxies: str, address: str) -> None:
    make.program()
    home = app.config["SETTINGS"].home
    behind = create_app(settings_of(home, app.config["SETTINGS"].database_url, PORTAL_PROXIES=proxies), TESTING=True)
    seen: list[str | None] = []
    behind.before_request(lambda: seen.append(request.remote_addr))
    came = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.1, 203.0.113.7, 198.51.100.4"}
    behind.test_client().get("/login", environ_overrides=came)
    assert seen == [address]


@pytest.mark.parametrize(
    ("given", "proxies"),
    [
        ({}, 0),
        ({"PORTAL_PUBLIC_URL": "https://partners.example"}, 1),
        ({"PORTAL_PUBLIC_URL": "https://partners.example", "PORTAL_BIND": "10.0.0.7"}, 0),
        ({"PORTAL_PUBLIC_URL": "https://partners.example", "PORTAL_PROXIES": "2"}, 2),
    ],
)
def test_who_ends_tls_on_this_machine_is_one_proxy(tmp_path: Path, given: dict[str, str], proxies: int) -> None:
    assert settings_of(tmp_path, "sqlite://", **given).proxies == proxies


@pytest.mark.parametrize("number", ["-1", "x", "", "10", "²"])
def test_a_number_of_proxies_that_is_none_is_refused(tmp_path: Path, number: str) -> None:
    with pytest.raises(Refused, match="PORTAL_PROXIES"):
        settings_of(tmp_path, "sqlite://", PORTAL_PROXIES=number)
