"""A test of access counts only once it has caught a hole. Here each guard is taken away by machine, one at a time,
and the tests that stand for it have to notice."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.activity.models import EventRow
from portal.auth import permissions
from portal.auth.models import User
from portal.auth.permissions import Permission, Reach
from portal.deals.models import Deal
from portal.extensions import csrf
from portal.partners.models import Partner
from portal.scope import all_partners
from tests.access.canary import strange_words
from tests.access.trial import TABLE, forged, try_lines
from tests.access.visible import VISIBLE, Visible
from tests.access.world import PEOPLE, World
from tests.support.client import client_of

pytest_plugins = ["tests.access.fixtures"]
pytestmark = [pytest.mark.fuzz, pytest.mark.parametrize("app", ["sqlite"], indirect=True)]
OF_STAFF = (EventRow, Deal, Partner)
"""No page of a partner reads these by this query alone; only the query itself is looked at."""


def holes(app: Flask, tried: World, renew: Callable[[], None], rule: str | None = None) -> Iterator[str]:
    """What the tests of access say, of one address or of all."""
    for role in PEOPLE:
        lines = [line for line in TABLE.values() if rule in (None, line.rule)]
        yield from try_lines(app, tried, renew, role, lines)
        renew()


def found(app: Flask, tried: World, renew: Callable[[], None], rule: str | None = None) -> bool:
    return next(holes(app, tried, renew, rule), None) is not None


@contextmanager
def instead(app: Flask, endpoint: str, view: Any) -> Iterator[None]:
    before = app.view_functions[endpoint]
    app.view_functions[endpoint] = view
    try:
        yield
    finally:
        app.view_functions[endpoint] = before


def survivors(app: Flask, hole: Callable[[Any], Any], is_seen: Callable[[str], bool]) -> list[str]:
    """The views of which nobody notices that they have this hole."""
    unseen = []
    rules = {rule.endpoint: rule.rule for rule in app.url_map.iter_rules()}
    views: dict[str, Any] = dict(app.view_functions)
    for endpoint, view in views.items():
        if view.__access__ == "public":
            continue
        with instead(app, endpoint, hole(view)):
            if not is_seen(rules[endpoint]):
                unseen.append(endpoint)
    return unseen


def test_a_view_open_to_all_is_noticed(app: Flask, tried: World, renew: Callable[[], None]) -> None:
    def opened(view: Any) -> Any:
        inner = view.__wrapped__
        inner.__access__ = "public"
        return inner

    assert survivors(app, opened, lambda rule: signed_out_gets_in(app, tried, renew, rule)) == []


def signed_out_gets_in(app: Flask, tried: World, renew: Callable[[], None], rule: str) -> bool:
    """Or stumbles over being nobody: the table knows neither."""
    lines = [line for line in TABLE.values() if line.rule == rule]
    return try_lines(app, tried, renew, "signed_out", lines) != []


def test_a_view_open_to_everyone_signed_in_is_noticed(app: Flask, tried: World, renew: Callable[[], None]) -> None:
    widened = permissions.requires(Permission.USE_ACCOUNT)
    unseen = survivors(app, lambda view: widened(view.__wrapped__), lambda rule: found(app, tried, renew, rule))
    views: dict[str, Any] = app.view_functions
    assert [name for name in unseen if views[name].__access__ is not Permission.USE_ACCOUNT] == []


def test_a_view_that_takes_forged_forms_is_noticed(app: Flask, tried: World, renew: Callable[[], None]) -> None:
    exempt = csrf._exempt_views
    for endpoint, view in app.view_functions.items():
        rules = [r.rule for r in app.url_map.iter_rules() if r.endpoint == endpoint and "POST" in (r.methods or ())]
        exempt.add(name := f"{view.__module__}.{view.__name__}")
        lines = [line for line in TABLE.values() if line.rule in rules]
        assert not lines or forged(app, tried, "program_admin", lines), endpoint
        exempt.discard(name)
        renew()


@pytest.mark.parametrize("query", VISIBLE, ids=lambda query: query.model.__name__)
def test_a_query_that_shows_everything_is_noticed(
    app: Flask,
    tried: World,
    renew: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    query: Visible,
) -> None:
    def everything(_user: User, *columns: Any) -> Any:
        return all_partners(sa.select(*(columns or (query.model,))), "a hole")

    monkeypatch.setattr(query.module, query.name, everything)
    assert query.owners(tried.company["partner_member"]) - {tried.company.partner.id}
    if query.model not in OF_STAFF:
        assert found(app, tried, renew) or leaks(app, tried)


def leaks(app: Flask, tried: World) -> bool:
    """Whether a word of the other company is met."""
    return any(
        strange_words(app, client_of(app).as_(tried.company[role]), tried.other, tried) for role in tried.company.people
    )


@pytest.mark.parametrize("permission", [Permission.VIEW_REFERRALS, Permission.VIEW_EARNINGS])
def test_a_member_who_reaches_the_whole_company_is_noticed(
    app: Flask, tried: World, renew: Callable[[], None], monkeypatch: pytest.MonkeyPatch, permission: Permission
) -> None:
    reach = User.reach

    def further(user: User, asked: Permission) -> Reach | None:
        own = reach(user, asked)
        return Reach.COMPANY if asked is permission and own is Reach.OWN else own

    monkeypatch.setattr(User, "reach", further)
    assert found(app, tried, renew)
