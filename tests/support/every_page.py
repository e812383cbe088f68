"""Where a person's links lead, each kind of page once or a few times: for pictures, and for looking at every page."""

import re
from collections import Counter

from flask import Flask
from playwright.sync_api import BrowserContext
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

LINK = re.compile(r'href="(/[^"#?]*)')
OF_A_KIND = 2
"""How many records of one kind are looked at, as they stand in different states."""


def pages_of(app: Flask, context: BrowserContext, *starts: str) -> list[str]:
    """The pages that are reached from these, by the paths in their links; no files."""
    found: list[str] = []
    seen, waiting = set(starts), list(starts)
    kinds = Counter(endpoint_of(app, path) for path in starts)
    while waiting:
        path = waiting.pop(0)
        answer = context.request.get(path)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        found.append(path)
        for link in LINK.findall(answer.text()):
            kind = endpoint_of(app, link)
            if link not in seen and kind and kinds[kind] < (OF_A_KIND if link != path_of(app, kind) else 1):
                seen.add(link)
                waiting.append(link)
                kinds[kind] += 1
    return found


def endpoint_of(app: Flask, path: str) -> str:
    """What answers there; nothing where nobody does, or for the files of the look."""
    try:
        endpoint, _ = app.url_map.bind("").match(path, "GET")
    except (HTTPException, RequestRedirect):
        return ""
    return "" if endpoint in ("static", "assets") else str(endpoint)


def path_of(app: Flask, endpoint: str) -> str:
    return next(rule.rule for rule in app.url_map.iter_rules(endpoint))
