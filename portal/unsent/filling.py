"""Puts what was typed back into the form that it was typed into, whatever page that stands on.

The page is made as it is now, and its form filled in afterwards: so each form of the portal has this without knowing
of it, what is decided on is what stands there today, and nothing is sent before somebody looked."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from html import escape
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from portal.unsent.page import Control, Form, Mark, read
from portal.unsent.rules import NOT_TYPED, Typed

_NOT_FILLED = frozenset({"file", "submit", "button", "image", "password", "reset"})


class Edit(NamedTuple):
    start: int
    end: int
    text: str


class Filled(NamedTuple):
    """The page, and where a note about it belongs: inside the form, or on top of what the page says."""

    page: str
    note_at: int | None
    found: bool
    left: tuple[str, ...]
    """What was typed and has no place on the page any more."""


def filled(html: str, typed: Typed, here: str) -> Filled:
    page = read(html)
    form = _best(page.forms, typed, here)
    if form is None:
        return Filled(html, page.main, found=False, left=tuple(value for _, value in typed.pairs))
    edits = sorted(_edits(form, typed.pairs))
    known = {control.name for control in form.controls}
    left = tuple(value for name, value in typed.pairs if name not in known)
    before = sum(len(each.text) - (each.end - each.start) for each in edits if each.start < form.mark.end)
    return Filled(_changed(html, edits), form.mark.end + before, found=True, left=left)


def _best(forms: Iterable[Form], typed: Typed, here: str) -> Form | None:
    """The form that goes to the same address; of several the one that says the same of itself; else one that asks for
    all of it."""
    to, asked = urlsplit(typed.to).path, {name for name, _ in typed.pairs}
    said = set(typed.pairs)

    def rank(form: Form) -> tuple[bool, int, int]:
        hidden = {(each.name, each.value) for each in form.controls if each.kind == "hidden"}
        shown = {control.name for control in form.controls if control.kind != "hidden"}
        return urlsplit(urljoin(here, form.action)).path == to, len(hidden & said), len(shown & asked)

    ranked = [(rank(form), form) for form in forms]
    fits = [(each, form) for each, form in ranked if (each[0] or each[2] == len(asked)) and each[2]]
    return max(fits, key=lambda pair: pair[0])[1] if fits else None


def _edits(form: Form, pairs: Iterable[tuple[str, str]]) -> Iterator[Edit]:
    given: dict[str, list[str]] = defaultdict(list)
    for name, value in pairs:
        given[name].append(value)
    opened: dict[int, Mark] = {}
    for control in form.controls:
        if control.name in NOT_TYPED or control.kind in _NOT_FILLED:
            continue
        says_something = any(given.get(control.name, ()))
        changes = list(_of(control, given))
        if changes and says_something and control.kind != "hidden":
            opened |= {each.start: each for each in control.inside}
        yield from changes
    yield from (_tag(each, {**each.attributes, "open": None}) for each in opened.values())


def _of(control: Control, given: dict[str, list[str]]) -> Iterator[Edit]:
    """What changes in this control: nothing, where it says the same already."""
    said = given.get(control.name)
    if control.kind == "checkbox":
        yield from _marked(control.mark, "checked", control.value in (said or ()))
    elif said is None:
        return
    elif control.kind == "radio":
        yield from _marked(control.mark, "checked", control.value in said)
    elif control.kind == "select":
        yield from _chosen(control, said)
    elif said and (value := said.pop(0)) != control.value:
        yield _written(control, value)


def _chosen(control: Control, said: list[str]) -> Iterator[Edit]:
    """What is no longer offered is not chosen."""
    if any(option.value in said for option in control.options):
        for option in control.options:
            yield from _marked(option.mark, "selected", option.value in said)


def _written(control: Control, value: str) -> Edit:
    if control.kind == "textarea":
        return Edit(control.mark.end, control.ends, f"\n{escape(value, quote=False)}")
    return _tag(control.mark, {**control.mark.attributes, "value": value})


def _marked(mark: Mark, word: str, wanted: bool) -> Iterator[Edit]:
    if wanted is not (word in mark.attributes):
        rest = {name: value for name, value in mark.attributes.items() if name != word}
        yield _tag(mark, rest | ({word: None} if wanted else {}))


def _tag(mark: Mark, attributes: dict[str, str | None]) -> Edit:
    written = "".join(
        f" {name}" if value is None else f' {name}="{escape(value)}"' for name, value in attributes.items()
    )
    return Edit(mark.start, mark.end, f"<{mark.name}{written}>")


def _changed(html: str, edits: Iterable[Edit]) -> str:
    parts, at = [], 0
    for each in edits:
        parts += [html[at : each.start], each.text]
        at = each.end
    return "".join([*parts, html[at:]])
