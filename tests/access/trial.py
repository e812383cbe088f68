"""Tries people on addresses, and compares what comes of it with the table."""

import re
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal.idempotency import FIELD, new_key
from tests.access import verdicts
from tests.access.verdicts import Line
from tests.access.world import WHOSE, World

IGNORED = {"HEAD", "OPTIONS"}
TABLE = verdicts.read()


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


def try_lines(app: Flask, tried: World, renew: Callable[[], None], role: str, lines: Iterable[Line]) -> list[str]:
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
    return wrong


def forged(app: Flask, tried: World, role: str, lines: Iterable[Line]) -> list[str]:
    """Post to these with all but the token, as this person; what came out otherwise than the last column says."""
    rules, client, wrong = rules_of(app), tried.client(app, role), []
    for line in lines:
        rule = rules[line.method, line.rule]
        for whose in whose_of(rule)[:1]:
            path = path_of(tried, rule, role, whose)
            found = client.post(path, data={FIELD: new_key()}, bare=True).status_code
            if line.forged not in (".", str(found)):
                wrong.append(f"POST {path} as {role}: {found}, not {line.forged}")
    return wrong
