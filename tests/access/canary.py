"""Looks for a company's words in all that a person can be led to or can guess at."""

import re
from collections.abc import Iterator
from html import escape
from urllib.parse import quote

from flask import Flask
from werkzeug.test import TestResponse

from tests.access.cast import CANARIES, Company
from tests.access.pages import walk
from tests.access.world import KINDS, World
from tests.support.client import Client


def guess(app: Flask, client: Client, of: Company, world: World) -> Iterator[tuple[str, TestResponse]]:
    """Every page that shows one record, with each reference of this company, and the lists asked for them."""
    runs = {"run": world.staff.runs}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        kind = KINDS.get(max((start for start in KINDS if rule.rule.startswith(start)), key=len, default=""))
        refs = (of.refs | runs).get({"staff": "person"}.get(kind or "", kind or ""), [])
        for ref in refs if rule.arguments else [of.refs["referral"][0]]:
            asked = re.sub(r"<[^>]+>", ref, rule.rule)
            path = asked if rule.arguments else f"{asked}?ref={ref}&partner={of.partner.ref}"
            yield path, client.get(path)


def text_of(response: TestResponse) -> str:
    said = "\n".join(f"{name}: {value}" for name, value in response.headers)
    return f"{said}\n{response.data.decode('utf-8', 'replace')}".lower()


def strange(path: str, response: TestResponse, of: Company) -> list[str]:
    """Which of the other company's words this answer says, past the address that was asked for."""
    text = text_of(response)
    for echo in (path, escape(path), quote(path, safe="")):
        text = text.replace(echo.lower(), "")
    return [f"{path} says {word}" for word in CANARIES[of.word] if word.lower() in text]


def strange_words(app: Flask, client: Client, of: Company, world: World) -> list[str]:
    """Which words of this company the person meets, wherever links lead and whatever references they try."""
    pages = [*walk(client), *guess(app, client, of, world)]
    assert len(pages) > 30, "too few pages to say anything"
    return [word for path, response in pages for word in strange(path, response, of)]
