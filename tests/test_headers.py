"""What is said with every answer, and which requests are refused before a view sees them."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, Response, abort
from werkzeug.test import TestResponse

from portal import create_app
from portal.auth.permissions import public
from portal.auth.rules import STAFF_ROLES, Role
from portal.database import only_reads, set_only_reads
from portal.errors import Refused
from portal.extensions import csrf, db
from portal.scope import set_writer
from tests.support import make
from tests.support.client import Client, client_of
from tests.support.databases import Kind, settings_of

PUBLIC = "https://partners.example.com"
EVERYWHERE = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FOR_EVER = "public, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def made(kind_of: Callable[[str], Kind], worker_folder: Path) -> Flask:
    """The program behind TLS, with views that go wrong in each way there is."""
    app = create_app(settings_of(worker_folder / "headers", kind_of("sqlite").url, PORTAL_PUBLIC_URL=PUBLIC))
    app.test_client_class = Client

    @public
    def trouble(code: int) -> Response:
        if code == 409:
            raise Refused("It was decided already.")
        if code == 503:
            raise sa.exc.OperationalError("COMMIT", {}, sqlite3.OperationalError("database or disk is full"))
        if code == 500:
            raise ZeroDivisionError
        abort(code)

    app.add_url_rule("/trouble/<int:code>", view_func=csrf.exempt(trouble), methods=["GET", "POST"])
    return app


@pytest.fixture
def app(made: Flask, kind_of: Callable[[str], Kind]) -> Iterator[Flask]:
    with made.app_context():
        db.engine.dispose()
        kind_of("sqlite").renew()
        make.program()
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> Client:
    client = client_of(app)
    client.environ_base |= {"HTTP_HOST": "partners.example.com", "wsgi.url_scheme": "https"}
    return client


def assert_guarded(response: TestResponse) -> None:
    assert {name: response.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert "camera=()" in response.headers["Permissions-Policy"]
    assert response.headers["Strict-Transport-Security"].startswith("max-age=")
    for name in EVERYWHERE:
        assert len(response.headers.getlist(name)) == 1, name


@pytest.mark.parametrize("code", [400, 403, 404, 405, 409, 413, 422, 429, 500, 503])
def test_every_trouble_is_a_page_with_all_headers(client: Client, code: int) -> None:
    response = client.get(f"/trouble/{code}")
    assert response.status_code == code
    assert response.headers["Cache-Control"] == "no-store"
    assert "<h1" in response.text
    assert "Traceback" not in response.text
    assert "ZeroDivisionError" not in response.text
    assert_guarded(response)


def test_what_the_server_itself_refuses_is_guarded_too(client: Client) -> None:
    for response in (
        client.get("/nowhere"),
        client.post("/healthz"),
        client.post("/trouble/404", data={"text": "x" * 1_100_000}),
        client.open("/healthz", method="OPTIONS"),
        client.open("/healthz", method="HEAD"),
        client.open("/healthz", method="TRACE"),
        client.get("/healthz", headers={"Host": "evil.example"}),
        client.get("/staff/settings"),
    ):
        assert_guarded(response)


def test_assets_are_guarded_and_kept_for_ever(client: Client) -> None:
    page = client.get("/trouble/404").text
    names = [part.split('"')[0] for part in page.split('"/assets/')[1:]]
    assert names
    for name in names:
        response = client.get(f"/assets/{name}")
        assert response.headers["Cache-Control"] == FOR_EVER
        assert_guarded(response)


def test_nothing_behind_the_login_is_kept_by_a_browser(app: Flask, client: Client) -> None:
    client.as_(make.staff(*STAFF_ROLES))
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.arguments:
            response = client.get(rule.rule)
            assert response.headers["Cache-Control"] == "no-store", rule.rule
            assert_guarded(response)


def test_the_cookie_is_bound_to_this_host_and_to_tls(client: Client) -> None:
    cookie = client.get("/login").headers["Set-Cookie"]
    name, _, rest = cookie.partition("=")
    assert name == "__Host-portal"
    attributes = {part.strip().lower() for part in rest.split(";")[1:]}
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= attributes
    assert not any(part.startswith("domain") for part in attributes)


def test_without_tls_the_cookie_is_still_out_of_scripts_reach(
    kind_of: Callable[[str], Kind], worker_folder: Path
) -> None:
    kind_of("sqlite").renew()
    app = create_app(settings_of(worker_folder / "plain", kind_of("sqlite").url))
    with app.app_context():
        make.program()
        cookie = app.test_client().get("/login").headers.get("Set-Cookie", "")
        db.session.remove()
        db.engine.dispose()
    assert cookie.startswith("portal=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("host", ["evil.example", "partners.example.com.evil.example", "evil.example:443", ""])
def test_another_host_is_refused(client: Client, host: str) -> None:
    assert client.get("/login", headers={"Host": host}).status_code == 400
    assert client.post("/login", headers={"Host": host, "Referer": f"https://{host}/login"}).status_code == 400


def test_the_public_host_and_this_machine_are_served(client: Client) -> None:
    for host in ("partners.example.com", "localhost:8000", "127.0.0.1"):
        assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://partners.example.com"},
        {"Origin": "https://partners.example.com.evil.example"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    ],
)
def test_a_form_of_another_site_is_refused(client: Client, headers: dict[str, str]) -> None:
    assert client.post("/login", headers=headers).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": PUBLIC, "Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": PUBLIC}],
)
def test_a_form_of_our_own_is_read(client: Client, headers: dict[str, str]) -> None:
    referred = {"Referer": f"{PUBLIC}/login"} | headers
    assert client.post("/login", headers=referred).status_code == 422


def test_a_link_from_another_site_is_followed(client: Client) -> None:
    assert client.get("/login", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_a_get_writes_nothing(app: Flask, client: Client) -> None:
    """SQLite itself tells: the version that another connection sees stays the same."""
    people = [make.staff(*STAFF_ROLES), make.partner_user(Role.PARTNER_ADMIN, Role.PARTNER_SIGNATORY)]
    watcher = sqlite3.connect(str(db.engine.url.database))
    for person in people:
        client.as_(person)
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and not rule.arguments:
                before = watcher.execute("PRAGMA data_version").fetchone()
                client.get(rule.rule)
                assert watcher.execute("PRAGMA data_version").fetchone() == before, rule.rule
    watcher.close()


def test_a_request_leaves_nothing_of_its_person_behind(app: Flask) -> None:
    lead = make.partner_user()
    with app.test_request_context():
        set_writer(lead.partner_id)
        set_only_reads(True)
    assert not only_reads()
    assert make.partner().id != lead.partner_id, "and any company's row is written again"


def test_an_unreadable_cookie_is_nobody(client: Client) -> None:
    for cookie in ("", "x", "eyJhIjoxfQ.x.y", "\x7f" * 20, "a" * 3000):
        response = client.get("/staff/", headers={"Cookie": f"__Host-portal={cookie}"})
        assert response.status_code in (302, 404)
        assert_guarded(response)
