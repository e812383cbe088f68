"""What a page offers: where its links lead, and its forms, filled in as a person would who has nothing to hide."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from typing import Any

from werkzeug.test import TestResponse

from portal import clock
from tests.support.client import Client

LINK = re.compile(r'(?:href|src|action)="(/[^"#]*)')
MOST_PAGES = 500
MOST_FILTERS = 8
FREE_TEXT = frozenset({"text", "email", "url", "tel", "search", "number", "date", "textarea"})
BY_NAME = {
    "account": "GB33BUKB20201555555555",
    "because": "Words",
    "percent": "10",
    "slug": "words",
    "value": "26000",
    "website": "words.example",
}
KEPT_BY_THE_CLIENT = frozenset({"csrf_token", "idempotency_key"})


@dataclass
class Field:
    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    """What it holds, or may hold where it is chosen from."""
    is_required: bool = False

    @property
    def filled(self) -> str:
        """What is in it, or something that fits."""
        if self.name == "next_step_on":
            return (clock.now() + timedelta(days=3)).date().isoformat()
        given = next((value for value in self.values if value), "")
        if given or self.name in BY_NAME:
            return given or BY_NAME[self.name]
        if not self.is_required:
            return ""
        usual = {
            "email": "someone@words.example",
            "number": "10",
            "date": (clock.now() + timedelta(days=3)).date().isoformat(),
            "password": "a sentence to remember",
            "checkbox": "y",
        }
        return usual.get(self.kind, "Words")


@dataclass
class Form:
    action: str
    fields: dict[str, Field] = field(default_factory=dict)
    also: frozenset[str] = frozenset()
    """Fields of fuller forms to the same address."""

    @property
    def filled(self) -> dict[str, Any]:
        return {name: each.filled for name, each in self.fields.items()}


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._shared: dict[str, Form] = {}
        """Those without a button of their own: buttons elsewhere on the page send them, each to its own address."""
        self._choice: Field | None = None
        self._text: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("action") or self.path) if given.get("method", "").lower() == "post" else None
            if self._open is not None and "hidden" in given and "id" in given:
                self._shared[given["id"]] = self._open
        elif given.get("form") in self._shared:
            shared = self._shared[given["form"]]
            value = Field(given["name"], tag, [given["value"]])
            self.forms.append(Form(given["formaction"], {**shared.fields, value.name: value}))
        elif self._open is None:
            return
        elif tag == "option" and self._choice is not None:
            chosen = 0 if "selected" in given else len(self._choice.values)
            self._choice.values.insert(chosen, given.get("value", ""))
        elif tag in ("input", "select", "textarea", "button") and given.get("name"):
            self._control(tag, given)

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.values = ["".join([*self._text.values, data]).lstrip("\r\n")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._open is not None:
            self.forms += [self._open] if self._open not in self._shared.values() else []
            self._open = None
        elif tag == "select":
            self._choice = None
        elif tag == "textarea":
            self._text = None

    def _control(self, tag: str, given: dict[str, str]) -> None:
        assert self._open is not None
        name, kind = given["name"], given.get("type", "text") if tag == "input" else tag
        if name in KEPT_BY_THE_CLIENT:
            return
        found = self._open.fields.setdefault(name, Field(name, kind, is_required="required" in given))
        if tag == "select":
            self._choice = found
        elif tag == "textarea":
            self._text = found
        elif "checked" in given:
            found.values.insert(0, given.get("value", ""))
        else:
            found.values.append(given.get("value", ""))


def forms_of(path: str, html: str) -> list[Form]:
    """The forms of a page that post, each with its fields."""
    reader = _Reader(path)
    reader.feed(html)
    return reader.forms


def walk(client: Client, start: str = "/") -> Iterator[tuple[str, TestResponse]]:
    """Every page that links lead to from here, each once; a list as a few of its filters narrow it."""
    seen, waiting, narrowed = {start}, [start], Counter[str]()
    while waiting and len(seen) <= MOST_PAGES:
        path = waiting.pop(0)
        response = client.get(path)
        yield path, response
        if response.mimetype == "text/html" and response.status_code < 400:
            found = dict.fromkeys(unescape(link) for link in LINK.findall(response.text))
            found.update(dict.fromkeys([response.location] if response.location else []))
            for link in found:
                if link not in seen and not link.startswith("/assets/"):
                    path, _, query = link.partition("?")
                    narrowed[path] += bool(query)
                    if narrowed[path] <= MOST_FILTERS or not query:
                        seen.add(link)
                        waiting.append(link)
    assert len(seen) <= MOST_PAGES, f"more than {MOST_PAGES} pages are led to from {start}"
