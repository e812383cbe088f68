"""Flips the guard of a view, one at a time and in place, and looks whether the table of verdicts notices."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask

from portal.auth.permissions import GRANTS, Access, Permission, Reach, requires
from portal.auth.rules import Role
from tests.access.trial import TABLE, letter, path_of, rules_of, whose_of
from tests.access.verdicts import Line
from tests.access.world import OUT, World

EVERYONE = Access(Permission.USE_ACCOUNT, Reach.OWN)
ANYBODY = None
"""No guard at all."""


@contextmanager
def instead(app: Flask, endpoint: str, view: Any) -> Iterator[None]:
    before = app.view_functions[endpoint]
    app.view_functions[endpoint] = view
    try:
        yield
    finally:
        app.view_functions[endpoint] = before


def flips_of(access: Access) -> Iterator[Access | None]:
    """What a guard could be by mistake: none, one that everybody passes, the one that lets the most similar people in,
    and the same with the next further reach."""
    yield ANYBODY
    own = _holders(access)
    others = {Access(permission, reach) for grants in GRANTS.values() for permission, reach in grants.items()}
    differ = sorted(
        (each for each in others if _holders(each) != own), key=lambda each: (len(_holders(each) ^ own), each)
    )
    further = Access(access.permission, Reach(access.relation + 1)) if access.relation < Reach.ANY else EVERYONE
    yield from {each: None for each in (EVERYONE, *differ[:1], further) if _holders(each) != own}


def unnoticed(app: Flask, world: World, renew: Callable[[], None], only: str = "") -> Iterator[str]:
    """The flips of which no verdict tells: of every view, or of the endpoint `only`."""
    lines: dict[str, Line] = {}
    for (method, text), rule in rules_of(app).items():
        if (method, text) in TABLE and (method == "GET" or rule.endpoint not in lines):
            lines[rule.endpoint] = TABLE[method, text]
    views: dict[str, Any] = dict(app.view_functions)
    for endpoint, line in lines.items():
        access = views[endpoint].__access__
        for flip in flips_of(access) if access != "public" and only in ("", endpoint) else ():
            inner = views[endpoint].__wrapped__
            with instead(app, endpoint, requires(*flip)(inner) if flip else inner):
                if not _is_noticed(app, world, renew, line, flip):
                    yield f"{endpoint}: {access} became {flip}"


def _holders(access: Access) -> frozenset[Role]:
    return frozenset(role for role, grants in GRANTS.items() if grants.get(access.permission, 0) >= access.relation)


def _is_noticed(app: Flask, world: World, renew: Callable[[], None], line: Line, flip: Access | None) -> bool:
    """Tries those for whom the flip is another verdict than the table's, until one of them comes out otherwise."""
    passes = {OUT} if flip is None else set(map(str, _holders(flip)))
    differ = [OUT] if flip is None else [r for r in line.cells if r != OUT and (r in passes) == (line.cells[r] == "-")]
    rule = rules_of(app)[line.method, line.rule]
    for role in differ:
        whose = whose_of(rule)[0]
        client, path = world.client(app, role), path_of(world, rule, role, whose)
        try:
            found = letter(client.get(path) if line.method == "GET" else client.post(path))
        except AssertionError:  # the client found the page itself at fault
            return True
        if line.method == "POST" and found in "+L":
            renew()
        if found != line.expected(role, whose):
            return True
    return False
