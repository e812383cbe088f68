"""What people, scanners and broken programs send: every field of every form, every address, every list. Nothing of it
is ever a fault of ours, nothing is written that was not understood, and nothing typed is lost."""

import inspect
import random
import re
import sqlite3
from collections.abc import Callable, Iterator
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

import portal
from portal.extensions import db
from tests.access.pages import FREE_TEXT, Form, forms_of, walk
from tests.access.trial import TABLE
from tests.access.world import OUT, PEOPLE, World
from tests.support.client import client_of
from tests.support.nasty import BODIES, NASTY, ODD_PATHS, ODD_QUERIES, cursor

pytest_plugins = ["tests.access.fixtures"]
on_sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
every_role = pytest.mark.parametrize("role", PEOPLE)
both = pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)

QUICK = ("NUL", "long", "past the limits of int", "huge", "negative", "far day", "markup")
ON_POSTGRESQL = (
    "NUL",
    "long",
    "no letter",
    "past the limits of int",
    "huge",
    "negative",
    "far day",
    "early day",
    "like",
)
"""What it takes otherwise than SQLite."""
SHOWN_AGAIN = ("markup", "sql", "template", "odd digits", "negative")
LONG = 1_000
"""So many examples are asked for by `make fuzz` only."""
MARKUP = NASTY["markup"]
COUNTED = ("/login", "/password-reset", "/account/password", "/account/proof")
"""Where a try is written down whatever comes of it."""


def params() -> list[str]:
    """What views read from an address."""
    sources = Path(portal.__file__).parent.rglob("*views.py")
    return sorted({name for path in sources for name in re.findall(r'args\.get(?:list)?\("(\w+)"', path.read_text())})


def tried_by(rule: str) -> str:
    """The last of those who may send it."""
    cells = TABLE["POST", rule].cells
    return next(role for role in reversed(PEOPLE) if cells[role].startswith(("+", "L")))


def reads_the_address(view: Callable[..., Any]) -> bool:
    return "request.args" in inspect.getsource(inspect.unwrap(view))


class Trial:
    """Sends what it is told to as one person, and looks at what became of it."""

    def __init__(self, app: Flask, tried: World, renew: Callable[[], None], role: str) -> None:
        self.app, self.tried, self.role, self._renew = app, tried, role, renew
        self._begin()

    def _begin(self) -> None:
        self._renew()
        self.client = self.tried.client(self.app, self.role)
        file = db.engine.url.database if db.engine.dialect.name == "sqlite" else ":memory:"
        self._watch = sqlite3.connect(str(file))
        self._version = self._seen()

    def _seen(self) -> Any:
        """SQLite itself tells whether anybody committed."""
        return self._watch.execute("PRAGMA data_version").fetchone()

    def end(self) -> None:
        self._watch.close()

    def forms(self) -> list[Form]:
        """One form of each kind that this person is shown, where nobody further down in the table may send it."""
        found: dict[tuple[str, ...], Form] = {}
        lists = [
            rule.rule for rule in self.app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments
        ]
        shown = [(path, self.client.get(path)) for path in lists]
        for path, response in [*walk(self.client, "/login" if self.role == OUT else "/"), *shown]:
            for form in forms_of(path, response.text) if response.mimetype == "text/html" else ():
                with self.app.test_request_context(form.action, method="POST") as context:
                    rule = str(context.request.url_rule)
                if tried_by(rule) == self.role:
                    found.setdefault((rule, *form.fields), form)
        return list(found.values())

    def send(self, form: Form, said: str, **how: Any) -> TestResponse:
        """Post, and see to it that nothing broke, and that nothing was written unless it was accepted."""
        response = self.client.post(form.action, **how)
        assert response.status_code < 500, f"{form.action}, {said}: {response.status_code}"
        if response.mimetype == "text/html":
            assert MARKUP not in response.text, f"{form.action}, {said}: markup is repeated as it came"
        is_sqlite = db.engine.dialect.name == "sqlite"
        changed = self._seen() != self._version if is_sqlite else response.status_code < 400
        counted = urlsplit(form.action).path in COUNTED
        assert counted or response.status_code < 400 or not changed, f"{form.action}, {said}: refused, and yet written"
        if changed:
            self.end()
            self._begin()
        return response

    def fill(self, form: Form, name: str, said: str) -> None:
        """The form as it is offered, with this in one field. Refused, a text is still there."""
        response = self.send(form, f"{name}: {said}", data=form.filled | {name: NASTY[said]})
        assert said != "NUL" or response.status_code == 400, f"{form.action}, {name}: a NUL came through"
        if response.status_code == 422 and said in SHOWN_AGAIN and form.fields[name].kind in FREE_TEXT:
            lost = f"{form.action}, {name}: {said} is not in the form that came back"
            assert escape(NASTY[said]) in unescape_quotes(response.text), lost


def unescape_quotes(html: str) -> str:
    """Jinja and the standard library write quotes in different ways."""
    return html.replace("&#34;", "&quot;").replace("&#39;", "&#x27;")


@pytest.fixture
def trial(app: Flask, tried: World, renew: Callable[[], None], role: str) -> Iterator[Trial]:
    trial = Trial(app, tried, renew, role)
    yield trial
    trial.end()


@on_sqlite
@every_role
def test_no_field_breaks_its_form(trial: Trial) -> None:
    for form in trial.forms():
        for name in form.fields:
            for said in QUICK:
                trial.fill(form, name, said)


@pytest.mark.fuzz
@every_role
def test_no_value_in_any_field_breaks_its_form(trial: Trial) -> None:
    """A few by chance in every run; all of them under `make fuzz`."""
    values = NASTY if db.engine.dialect.name == "sqlite" else ON_POSTGRESQL
    tries = [(form, name, said) for form in trial.forms() for name in form.fields for said in values]
    if settings().max_examples < LONG:
        tries = random.sample(tries, min(len(tries), 5))
    for form, name, said in tries:
        trial.fill(form, name, said)


@on_sqlite
@every_role
def test_a_form_of_another_shape_is_answered(trial: Trial) -> None:
    for form in trial.forms():
        twice = {name: [value, value] for name, value in form.filled.items()}
        files = {name: (BytesIO(b"\x89PNG"), "a.png") for name in form.fields}
        trial.send(form, "each field twice", data=twice)
        trial.send(form, "files for texts", data=files)
        trial.send(form, "no fields", data={})
        trial.send(
            form, "fields that it does not have", data=form.filled | {"id": "1", "state": "paid", "partner_id": "1"}
        )
        trial.send(form, "an odd key", data=form.filled | {"idempotency_key": "x" * 5_000})
        for name in list(form.fields)[:1]:
            trial.send(form, "all values at once", data=form.filled | {name: list(NASTY.values())})


@on_sqlite
@every_role
def test_a_body_that_is_no_form_is_refused(trial: Trial) -> None:
    for form in trial.forms():
        for said, body, kind in BODIES:
            response = trial.send(form, said, data=body, content_type=kind, bare=True)
            assert response.status_code == (413 if said == "huge" else 400), f"{form.action}, {said}"


@on_sqlite
def test_no_account_number_breaks_the_form_that_asks_for_it(app: Flask, tried: World) -> None:
    client = client_of(app).as_(tried.other["partner_finance"])
    for said, value in NASTY.items():
        for typed in ({"holder": "Words", "account": value}, {"holder": value, "account": "no account"}):
            assert client.post("/company/payout-details", data=typed).status_code in (400, 422), said


@both
@pytest.mark.parametrize("role", ["partner_admin", "program_admin"])
def test_no_address_breaks_a_page(trial: Trial) -> None:
    assert trial.client.get("/?at=%00").status_code == trial.client.get("/?%00=x").status_code == 400
    for path in ODD_PATHS:
        assert trial.client.get(path).status_code in (301, 302, 308, 400, 403, 404), path
    views, rules = trial.app.view_functions, trial.app.url_map.iter_rules()
    pages = [rule.rule for rule in rules if not rule.arguments and reads_the_address(views[rule.endpoint])]
    assert len(pages) > 3
    for page in pages:
        for query in ODD_QUERIES:
            asked = "&".join(f"{name}={query}" for name in params())
            response = trial.client.get(f"{page}?{asked}")
            assert response.status_code < 500, f"{page}?{asked[:300]}: {response.status_code}"
            assert MARKUP not in response.text, page


@on_sqlite
@pytest.mark.parametrize("role", ["partner_admin"])
@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_generated_text_breaks_a_list(trial: Trial, data: st.DataObject) -> None:
    query = data.draw(st.dictionaries(st.sampled_from(params()), st.text() | st.binary().map(cursor), max_size=3))
    page = data.draw(st.sampled_from(["/referrals/", "/earnings/", "/resources/", "/team/"]))
    assert trial.client.get(page, query_string=query).status_code in (200, 400, 403)


@on_sqlite
@pytest.mark.parametrize("role", ["partner_admin"])
@pytest.mark.parametrize(
    "header", ["User-Agent", "Cookie", "Referer", "Accept", "Accept-Encoding", "X-Forwarded-For", "If-None-Match"]
)
def test_no_header_breaks_a_page(trial: Trial, header: str) -> None:
    for value in ("", "x" * 8_000, "\xff\xfe", "a=b; a=c; =; ;;", "gzip;q=nan", '"', "*/*;q=1e999"):
        assert trial.client.get("/", headers={header: value}).status_code < 500, value
