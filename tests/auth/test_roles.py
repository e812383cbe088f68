"""Who may do what: the declaration on each view, the grants, and the page that shows them."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Blueprint, Flask

from portal import create_app, pages
from portal.auth import matrix
from portal.auth.models import RoleGrant, User
from portal.auth.permissions import GRANTS, Access, Permission, Reach, reach_of, requires
from portal.auth.rules import PARTNER_ROLES, STAFF_ROLES, Role
from portal.menu import PARTNER, STAFF
from tests.support import make
from tests.support.client import Client, client_of


def test_the_furthest_of_several_roles_counts() -> None:
    both = {Role.PARTNER_MEMBER, Role.PARTNER_ADMIN}
    assert reach_of({Role.PARTNER_MEMBER}, Permission.VIEW_REFERRALS) is Reach.OWN
    assert reach_of(both, Permission.VIEW_REFERRALS) is Reach.COMPANY
    assert reach_of({Role.AUDITOR}, Permission.MOVE_DEALS) is None


def test_a_permission_that_reaches_less_far_is_not_enough() -> None:
    member = User(grants=[RoleGrant(role=Role.PARTNER_MEMBER)])
    assert member.may(Permission.VIEW_REFERRALS)
    assert not member.may(Permission.VIEW_REFERRALS, Reach.COMPANY)
    owner = User(grants=[RoleGrant(role=Role.SALES_OWNER)])
    assert owner.may(Permission.MOVE_DEALS, Reach.ASSIGNED)
    assert not owner.may(Permission.MOVE_DEALS, Reach.ANY)


def all_of_the_company() -> str:
    return "All of the company's."


@pytest.mark.parametrize(("role", "status"), [(Role.PARTNER_MEMBER, 403), (Role.PARTNER_ADMIN, 200)])
def test_a_view_that_asks_for_more_reach_is_closed_to_those_who_have_less(
    client: Client, monkeypatch: pytest.MonkeyPatch, role: Role, status: int
) -> None:
    further = requires(Permission.VIEW_REFERRALS, Reach.COMPANY)(all_of_the_company)
    monkeypatch.setitem(client.application.view_functions, "referrals.index", further)
    assert client.as_(make.partner_user(role)).get("/referrals/").status_code == status


@pytest.mark.parametrize(
    "asked", [Access(Permission.VIEW_REFERRALS, Reach.ANY), Access(Permission.MOVE_DEALS, Reach.OWN)]
)
def test_a_relation_that_no_grant_has_stops_the_start(
    app_of: Callable[[str], Flask], monkeypatch: pytest.MonkeyPatch, asked: Access
) -> None:
    strange = Blueprint("strange", __name__)
    strange.add_url_rule("/strange", "view", requires(*asked)(all_of_the_company))
    monkeypatch.setattr(pages, "BLUEPRINTS", (*pages.BLUEPRINTS, strange))
    with pytest.raises(RuntimeError, match=r"a reach that no role has: strange\.view"):
        create_app(app_of("sqlite").config["SETTINGS"])


def test_a_grant_that_is_widened_stops_the_start_until_its_views_say_so(
    app_of: Callable[[str], Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(GRANTS[Role.SALES_OWNER], Permission.MOVE_DEALS, Reach.ANY)
    with pytest.raises(RuntimeError, match=r"staff_deals\.win"):
        create_app(app_of("sqlite").config["SETTINGS"])


def test_the_menu_asks_what_its_pages_ask(app_of: Callable[[str], Flask]) -> None:
    app = app_of("sqlite")
    views: dict[str, Any] = app.view_functions
    pages = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    declared = {rule.rule: views[rule.endpoint].__access__ for rule in pages}
    for entry in (*PARTNER, *STAFF):
        if entry.permission is not Permission.SEE_HOME:  # one address that leads each side to its own home
            assert declared[entry.url] == (entry.permission, entry.relation), entry.url


def test_every_permission_is_in_one_group() -> None:
    grouped = [permission for permissions in matrix.GROUPS.values() for permission in permissions]
    assert sorted(grouped) == sorted(set(grouped))
    assert set(grouped) == set(Permission)


def test_the_matrix_says_what_the_grants_say() -> None:
    for side, roles in zip(matrix.sides(), (STAFF_ROLES, PARTNER_ROLES), strict=True):
        said = {line.what: line.reaches for group in side.groups for line in group.lines}
        for permission in Permission:
            for n, role in enumerate(roles):
                reach = GRANTS[role].get(permission)
                assert (said[permission][n] if permission in said else "") == (matrix.SHORT[reach] if reach else "")


def test_who_may_do_what_is_read_by_those_who_see_people(client: Client) -> None:
    page = client.as_(make.staff(Role.AUDITOR)).get("/staff/people/roles").text
    for words in ("Sales owner", "Partner finance", "release payout runs and record payment", "in hand", "company"):
        assert words in page
    assert client_of(client.application).as_(make.staff(Role.QUALIFIER)).get("/staff/people/roles").status_code == 403
    assert client_of(client.application).as_(make.partner_user()).get("/staff/people/roles").status_code == 403
