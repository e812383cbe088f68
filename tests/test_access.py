"""Every route, every method, every role, whoever's record: against a table written by hand."""

import re
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.access import verdicts
from tests.access.verdicts import Line
from tests.access.world import OUT, PEOPLE, WHOSE, World

pytest_plugins = ["tests.access.fixtures"]
IGNORED = {"HEAD", "OPTIONS"}
TABLE = verdicts.read()
on_sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("app", ["postgresql"], indirect=True)
SAMPLE = ("partner_member", "sales_owner")
"""Who is tried on PostgreSQL too: the two whose reach is their own records."""


def rules_of(app: Flask) -> dict[tuple[str, str], Rule]:
    rules = app.url_map.iter_rules()
    return {(method, rule.rule): rule for rule in rules for method in (rule.methods or set()) - IGNORED}


def letter(response: TestResponse) -> str:
    """What the answer says, in the letters of the table."""
    if response.status_code in (301, 302, 303, 307, 308):
        return "L" if urlsplit(response.location).path == "/login" else "+"
    if response.status_code < 400 or response.status_code in (409, 422):
        return "+"
    return {403: "-", 404: "0"}.get(response.status_code, str(response.status_code))


def whose_of(rule: Rule) -> tuple[str | None, ...]:
    return WHOSE if rule.arguments - set(rule.defaults or ()) else (None,)


def path_of(tried: World, rule: Rule, role: str, whose: str | None) -> str:
    given = tried.arguments(rule, role, whose) if whose else {}
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: given[found[1]], rule.rule)


def as_told(response: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    """All of an answer that the person at the other end can see."""
    return response.status_code, sorted(response.headers), response.data


def walk(app: Flask, tried: World, renew: Callable[[], None], role: str, lines: Iterable[Line] = TABLE.values()) -> str:
    """Send what these lines are about as this person; what came out otherwise than they say."""
    rules, client, wrong = rules_of(app), tried.client(app, role), []
    for line in lines:
        rule = rules[line.method, line.rule]
        hidden: dict[str, TestResponse] = {}
        for whose in whose_of(rule):
            path = path_of(tried, rule, role, whose)
            response = client.open(path, method="GET") if line.method == "GET" else client.post(path)
            found, expected = letter(response), line.expected(role, whose)
            if found != expected:
                wrong.append(f"{line.method} {path} ({whose or 'page'}) as {role}: {found}, not {expected}")
            if found == "0" and whose:
                hidden[whose] = response
            if line.method == "POST" and found in "+L":
                renew()
                client = tried.client(app, role)
        told = {whose: as_told(response) for whose, response in hidden.items()}
        wrong += [f"{line.rule}: {whose} can be told from unknown" for whose in told if told[whose] != told["unknown"]]
    return "\n".join(wrong)


def test_the_table_has_each_route_and_no_other(app: Flask) -> None:
    missing, gone = rules_of(app).keys() - TABLE.keys(), TABLE.keys() - rules_of(app).keys()
    assert not missing, f"routes without a verdict in tests/access/verdicts.txt: {sorted(missing)}"
    assert not gone, f"verdicts on routes that are not there any more: {sorted(gone)}"


@on_sqlite
@pytest.mark.parametrize("role", PEOPLE)
def test_every_route_keeps_its_verdict(app: Flask, tried: World, renew: Callable[[], None], role: str) -> None:
    assert walk(app, tried, renew, role) == ""


@on_postgresql
@pytest.mark.parametrize("role", SAMPLE)
def test_pages_keep_their_verdict_on_postgresql(app: Flask, tried: World, renew: Callable[[], None], role: str) -> None:
    assert walk(app, tried, renew, role, (line for line in TABLE.values() if line.method == "GET")) == ""


@on_sqlite
@pytest.mark.parametrize("role", [OUT, "partner_admin", "program_admin"])
def test_a_post_without_token_is_refused(app: Flask, tried: World, role: str) -> None:
    rules, client, wrong = rules_of(app), tried.client(app, role), []
    for line in TABLE.values():
        rule = rules[line.method, line.rule]
        for whose in whose_of(rule)[:1]:
            found = client.post(path := path_of(tried, rule, role, whose), bare=True).status_code
            if line.forged not in (".", str(found)):
                wrong.append(f"POST {path} as {role}: {found}, not {line.forged}")
    assert wrong == []


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
