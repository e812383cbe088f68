"""Requests made up by machine: any address with any method, form, header and cookie, as anybody.

Nothing of it is a fault of ours, nothing takes long, and nothing of it stays in memory."""

import os
import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import settings
from werkzeug.routing import Rule

from tests.access.pages import forms_of
from tests.access.world import OUT, PEOPLE, WHOSE, World
from tests.support.client import Client
from tests.support.nasty import NASTY
from tests.test_hostile_input import LONG, params

pytest_plugins = ["tests.access.fixtures"]

FEW, MANY = 600, 100_000
FOR_EACH_WORLD = 300
"""So many requests find the world as it was built; then it begins anew."""
LONGEST_S = 2.0
"""Of processor time, so that a busy machine is no reason."""
MAY_GROW_MB = 40
HEADERS = ("User-Agent", "Referer", "Accept", "Accept-Language", "X-Forwarded-For", "If-None-Match", "Range", "Origin")
METHODS = ("GET", "GET", "GET", "POST", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS")


class Flood:
    def __init__(self, app: Flask, tried: World, renew: Callable[[], None], seed: int) -> None:
        self.app, self.tried, self.renew, self.chance = app, tried, renew, random.Random(seed)  # noqa: S311
        self.rules = sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
        self.values, self.names = list(NASTY.values()), params()
        self.forms: dict[str, list[str]] = {}

    def pour(self, number: int) -> None:
        """Send so many. The first round warms up; what is held after it may not grow with the others."""
        held = 0.0
        for sent in range(number):
            if sent % FOR_EACH_WORLD == 0:
                self.renew()
            if sent == FOR_EACH_WORLD:
                held = _resident_mb()
            self._send()
        assert _resident_mb() - held < MAY_GROW_MB

    def _send(self) -> None:
        role, rule = self.chance.choice(PEOPLE), self.chance.choice(self.rules)
        client = self.tried.client(self.app, role)
        method, path = self.chance.choice(METHODS), self._path(rule, role)
        how: dict[str, Any] = {"headers": self._headers(), "query_string": self._pairs(self.names, 2)}
        if method == "POST":
            how["data"] = self._pairs(self._fields(client, path), 6)
            how["bare"] = self.chance.random() < 0.05
        if self.chance.random() < 0.1:
            client.set_cookie("portal", self._value()[:2_000], domain="localhost")
        began = time.thread_time()
        response = client.post(path, **how) if method == "POST" else client.open(path, method=method, **how)
        took = time.thread_time() - began
        assert response.status_code < 500, f"{method} {path} as {role}: {response.status_code}, {how}"
        assert took < LONGEST_S, f"{method} {path} as {role} took {took:.1f} s, {how}"
        response.close()

    def _path(self, rule: Rule, role: str) -> str:
        whose = self.chance.choice(WHOSE)
        given = {} if not rule.arguments or role == OUT else self.tried.arguments(rule, role, whose)
        odd = self.chance.random() < 0.2
        return re.sub(
            r"<(?:\w+:)?(\w+)>", lambda found: "x-%ff" if odd or found[1] not in given else given[found[1]], rule.rule
        )

    def _fields(self, client: Client, path: str) -> list[str]:
        """What the form of this address asks for, where this person is shown it; kept for the others."""
        if path not in self.forms:
            page = client.get(path)
            shown = forms_of(path, page.text) if page.mimetype == "text/html" and page.status_code == 200 else []
            self.forms[path] = sorted({name for form in shown for name in form.fields})
        return self.forms[path] or ["name", "version", "ref", "state"]

    def _pairs(self, names: list[str], most: int) -> dict[str, str]:
        chosen = self.chance.sample(names, min(len(names), self.chance.randint(0, most)))
        return {name: self._value() for name in chosen}

    def _headers(self) -> dict[str, str]:
        chosen = self.chance.sample(HEADERS, self.chance.choice((0, 0, 1, 2)))
        return {name: self._value().encode("ascii", "ignore").decode()[:2_000] for name in chosen}

    def _value(self) -> str:
        value = self.chance.choice(self.values)
        if self.chance.random() < 0.3:
            value = "".join(self.chance.sample(value, min(len(value), 40)))
        return re.sub(r"[\r\n]", "", value)


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_048_576


@pytest.mark.fuzz
@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_nothing_that_is_sent_breaks_slows_or_fills_the_portal(
    app: Flask, tried: World, renew: Callable[[], None]
) -> None:
    Flood(app, tried, renew, seed=20_261_123).pour(FEW if settings().max_examples < LONG else MANY)
