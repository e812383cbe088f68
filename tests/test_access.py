"""Every route, every method, every role, whoever's record: against a table written by hand."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from portal.auth.models import User
from portal.auth.rules import PARTNER_ROLES
from portal.extensions import db
from portal.proof import broken
from portal.scope import owned_by
from tests.access import fields, flips
from tests.access.trial import TABLE, forged, letter, path_of, rules_of, try_lines, whose_of
from tests.access.visible import VISIBLE, Visible
from tests.access.world import OUT, PEOPLE, World

pytest_plugins = ["tests.access.fixtures"]
on_sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
both = pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
on_postgresql = pytest.mark.parametrize("app", ["postgresql"], indirect=True)
SENT_BY_OTHERS = ("partner_manager", "content_editor")
"""Of staff each form is tried once, by the last in the table who may send it: theirs are the program admin's too."""
SAMPLE = ("partner_member", "sales_owner")
"""Who is tried on PostgreSQL too: the two whose reach is their own records."""


def test_the_table_has_each_route_and_no_other(app: Flask) -> None:
    missing, gone = rules_of(app).keys() - TABLE.keys(), TABLE.keys() - rules_of(app).keys()
    assert not missing, f"routes without a verdict in tests/access/verdicts.txt: {sorted(missing)}"
    assert not gone, f"verdicts on routes that are not there any more: {sorted(gone)}"


@on_sqlite
@pytest.mark.parametrize("role", PEOPLE)
def test_every_route_keeps_its_verdict(app: Flask, tried: World, renew: Callable[[], None], role: str) -> None:
    assert try_lines(app, tried, renew, role, TABLE.values()) == []


@on_postgresql
@pytest.mark.parametrize("role", SAMPLE)
def test_pages_keep_their_verdict_on_postgresql(app: Flask, tried: World, renew: Callable[[], None], role: str) -> None:
    assert try_lines(app, tried, renew, role, (line for line in TABLE.values() if line.method == "GET")) == []


@on_sqlite
def test_each_guard_that_is_flipped_is_noticed(app: Flask, tried: World, renew: Callable[[], None]) -> None:
    assert list(flips.unnoticed(app, tried, renew)) == []


@on_sqlite
def test_flips_go_unnoticed_where_the_table_says_nothing(
    app: Flask, tried: World, renew: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = TABLE["GET", "/staff/activity/"]
    monkeypatch.setitem(TABLE, ("GET", line.rule), replace(line, cells=dict.fromkeys(PEOPLE, "+")))
    assert len(list(flips.unnoticed(app, tried, renew, only=rules_of(app)["GET", line.rule].endpoint))) > 0


@on_sqlite
@pytest.mark.parametrize("role", PEOPLE[1:])
def test_a_form_takes_the_fields_that_it_has_and_no_other(
    app: Flask, tried: World, renew: Callable[[], None], role: str
) -> None:
    """Each form is sent twice: as it is, and with every column there is beside its own fields."""
    accepted, wrong = 0, []
    own = tried.company.partner.id if role in tried.company.people else None
    for form in fields.forms_for(app, tried, role):
        status, plain = fields.sent(app, tried, role, renew, form, {})
        same_status, laden = fields.sent(app, tried, role, renew, form, fields.extras(tried, form))
        found = [] if status == same_status else [f"answered {same_status}, not {status}"]
        found += [*fields.smuggled(plain, laden), *(fields.of_others(laden, own) if own else ())]
        wrong += [f"{form.action}: {each}" for each in found]
        accepted += status == 303
    assert wrong == []
    assert accepted > 1 or role in SENT_BY_OTHERS, "too few forms were taken to say anything"


@on_sqlite
@pytest.mark.parametrize("role", [OUT, "partner_admin", "program_admin"])
def test_a_post_without_token_is_refused(app: Flask, tried: World, role: str) -> None:
    assert forged(app, tried, role, TABLE.values()) == []


@both
def test_the_world_that_access_is_tried_in_is_whole(app: Flask, tried: World) -> None:
    assert list(broken()) == []


@both
@pytest.mark.parametrize("query", VISIBLE, ids=lambda query: query.model.__name__)
def test_a_query_begins_with_what_the_person_may_see(app: Flask, tried: World, query: Visible) -> None:
    for made in (tried.company, tried.other):
        shown = [query.owners(made[role]) for role in map(str, PARTNER_ROLES)]
        assert {made.partner.id} in shown, "nobody of the company sees what is its own"
        assert all(owners <= {made.partner.id} for owners in shown)
    assert {tried.company.partner.id, tried.other.partner.id} <= query.owners(tried.staff["program_admin"])


@on_sqlite
def test_a_closed_account_is_nobody_whatever_sessions_it_has(app: Flask, tried: World) -> None:
    lead = tried.company["partner_admin"]
    closed = sa.update(User).where(User.id == lead.id).values(disabled_at=lead.created_at)
    db.session.execute(owned_by(closed, tried.company.partner.id))
    db.session.commit()
    assert letter(tried.client(app, "partner_admin").get("/account/")) == "L"


@on_sqlite
def test_a_file_is_handed_out_to_be_kept_and_can_do_nothing(app: Flask, tried: World) -> None:
    client, refs = tried.client(app, "partner_admin"), tried.company.refs
    for path in (f"/agreements/{refs['agreement'][0]}.pdf", f"/statements/{refs['statement'][0]}.pdf"):
        response = client.get(path)
        assert response.mimetype == "application/pdf", path
        assert response.headers["Content-Disposition"].startswith("attachment"), path
        policy = response.headers["Content-Security-Policy"]
        assert {"sandbox", "default-src 'none'"} <= set(policy.split("; ")), path
        assert response.headers["X-Content-Type-Options"] == "nosniff", path
        assert response.headers["Cache-Control"] in ("no-store", "private, no-store"), path


@on_sqlite
def test_what_is_in_the_making_is_not_there_for_partners(app: Flask, tried: World) -> None:
    (draft,) = tried.company.refs["draft"]
    for role in map(str, PARTNER_ROLES):
        client = tried.client(app, role)
        told = {client.get(f"/resources/{slug}").data for slug in ("not-yet", "no-such-text")}
        assert client.get("/resources/not-yet").status_code == 404
        assert len(told) == 1
        for path in (f"/agreements/{draft}", f"/agreements/{draft}.pdf"):
            assert client.get(path).status_code in (403, 404)
        assert draft not in client.get("/agreements/").text


@on_sqlite
def test_what_only_takes_a_form_has_no_page(app: Flask, tried: World) -> None:
    rules, client = rules_of(app), tried.client(app, "program_admin")
    for method, text in rules:
        if method == "POST" and ("GET", text) not in rules and not shadowed(text, rules):
            rule = rules[method, text]
            path = path_of(tried, rule, "program_admin", whose_of(rule)[0])
            assert client.get(path).status_code == 405, path


def shadowed(text: str, rules: dict[tuple[str, str], Rule]) -> bool:
    """Whether another rule reads the same address as one of its records: /x/<slug> and /x/preview."""
    parent = text.rpartition("/")[0]
    return any(method == "GET" and re.fullmatch(re.escape(parent) + r"/<\w+>", other) for method, other in rules)
