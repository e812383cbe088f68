"""The rules in order, what each person can take, who is away: the pages on which they are kept."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals.models import Deal
from portal.extensions import db
from portal.routing.models import Absence, RoutingMember, RoutingRule, WorkLimit
from tests.support import make, sales
from tests.support.client import Client

HOME = "/staff/settings/routing/"


@pytest.fixture
def team(app: Flask) -> dict[str, User]:
    sales.program()
    return {name: make.staff(Role.SALES_OWNER, name=name.title(), accepted_at=make.NOON) for name in ("sam", "lena")}


@pytest.fixture
def admin(client: Client, team: dict[str, User]) -> Client:
    return client.as_(make.staff(Role.PROGRAM_ADMIN))


def _add(admin: Client, **given: str) -> RoutingRule:
    admin.post(f"{HOME}new", data=given)
    return db.session.scalars(sa.select(RoutingRule).order_by(RoutingRule.id.desc()).limit(1)).one()


def _try(admin: Client, **given: str) -> str:
    return admin.get(HOME, query_string=given).text


def test_a_rule_is_added_tried_and_routes_the_next_deal(admin: Client, team: dict[str, User]) -> None:
    rule = _add(admin, countries="DACH", words="software", employees_from="50", **{team["lena"].ref: "1"})
    assert (rule.countries, rule.words, rule.employees_from) == (["AT", "CH", "DE"], ["software"], 50)
    fits = {"country": "Austria", "industry": "Software", "people": "200"}
    assert "Lena, by rule 1: DACH, software, 50 people or more." in _try(admin, **fits)
    assert "Sam, fewest open deals." in _try(admin, **fits | {"people": "20"})
    assert "neither a country nor a region" in _try(admin, country="Atlantis")
    deal = sales.qualified(sales.lead(), industry="Software")
    assert (deal.owner_id, deal.owner_rule) == (team["lena"].id, "by rule 1: DACH, software, 50 people or more")
    page = admin.get(f"/staff/deals/{deal.ref}").text
    assert "The deal goes to Lena, by rule 1: DACH, software, 50 people or more." in page


def test_rules_are_moved_switched_off_changed_and_deleted(admin: Client, team: dict[str, User]) -> None:
    first = _add(admin, countries="DACH", **{team["sam"].ref: "1"})
    second = _add(admin, **{team["lena"].ref: "2", team["sam"].ref: "1"})
    assert "Lena 2, Sam 1 in turn" in admin.get(HOME).text
    assert "Sam, by rule 1" in _try(admin, country="DE")
    admin.post(f"{HOME}{second.ref}/place", data={"to": "up"})
    assert "Lena, by rule 1: everything" in _try(admin, country="DE")
    admin.post(f"{HOME}{second.ref}/rest")
    assert "Sam, by rule 2: DACH" in _try(admin, country="DE")
    admin.post(f"{HOME}{second.ref}/return")
    form = {"version": "1", "countries": "", "languages": "French", team["sam"].ref: "1"}
    assert admin.post(f"{HOME}{first.ref}", data=form).status_code == 409  # it was moved since
    version = db.session.scalars(sa.select(RoutingRule.version).where(RoutingRule.ref == first.ref)).one()
    admin.post(f"{HOME}{first.ref}", data=form | {"version": str(version)})
    admin.post(f"{HOME}{second.ref}/deletion")
    assert "Sam, by rule 1: speaks French" in _try(admin, country="BE")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RoutingMember)) == 1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "names at least one person"),
        ({"countries": "Atlantis"}, "neither a country nor a region"),
        ({"languages": "Dothraki"}, "no language that we know"),
        ({"partner": "Nobody Ltd"}, "No partner has this name"),
        ({"employees_from": "9", "employees_to": "2"}, "from the smaller number"),
    ],
)
def test_a_rule_that_cannot_be_is_sent_back(
    admin: Client, team: dict[str, User], given: dict[str, str], sentence: str
) -> None:
    shares = {team["sam"].ref: "1"} if given else {}
    answer = admin.post(f"{HOME}new", data=given | shares)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_all_that_is_wrong_with_a_rule_is_said_at_once(admin: Client, team: dict[str, User]) -> None:
    given = {"countries": "Atlantis, IT, Lemuria", "languages": "Dothraki", "partner": "Nobody Ltd"}
    page = admin.post(f"{HOME}new", data=given | {"employees_from": "9", "employees_to": "2"}).text
    for said in (
        "“Atlantis”, “Lemuria” are neither countries nor regions",
        "no language that we know",
        "No partner has this name",
        "from the smaller number",
        "names at least one person",
    ):
        assert said in page
    assert 'value="Atlantis, IT, Lemuria"' in page
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RoutingMember)) == 0


def test_a_rule_about_one_partner(admin: Client, team: dict[str, User]) -> None:
    partner = sales.partner_with_agreement(name="Brightwater")
    lead = make.partner_user(Role.PARTNER_ADMIN, partner_id=partner.id)
    _add(admin, partner="brightwater", **{team["lena"].ref: "1"})
    assert "from Brightwater" in admin.get(HOME).text
    assert sales.qualified(lead).owner_rule == "by rule 1: this partner"
    assert sales.qualified(sales.lead()).owner_rule == "fewest open deals"


def test_whoever_is_at_the_limit_is_passed_over(admin: Client, team: dict[str, User]) -> None:
    _add(admin, **{team["sam"].ref: "1"})
    assert admin.post(f"{HOME}limits", data={team["sam"].ref: "0"}).status_code == 422
    admin.post(f"{HOME}limits", data={team["sam"].ref: "1", team["lena"].ref: ""})
    assert db.session.scalars(sa.select(WorkLimit.most_open)).all() == [1]
    lead = sales.lead()
    assert [sales.qualified(lead).owner_id for _ in range(2)] == [team["sam"].id, team["lena"].id]
    assert "1 open of 1" in admin.get(HOME).text
    admin.post(f"{HOME}limits", data={team["sam"].ref: ""})
    assert sales.qualified(lead).owner_id == team["sam"].id


def _day(days: int) -> str:
    return str(clock.now().date() + timedelta(days=days))


def test_one_notes_ones_days_and_the_stand_in_gets_the_work(
    client: Client, admin: Client, team: dict[str, User]
) -> None:
    _add(admin, **{team["sam"].ref: "1"})
    sam = client.as_(team["sam"])
    noted = {"from_on": _day(-1), "until_on": _day(4), "stand_in": team["lena"].ref}
    page = sam.post("/account/absence", data=noted, follow_redirects=True).text
    assert "Lena stands in" in page
    assert "noted already" in sam.post("/account/absence", data=noted).text
    deal = sales.qualified(sales.lead(), now=clock.now())
    assert (deal.owner_id, deal.owner_rule) == (team["lena"].id, "by rule 1: everything, standing in")
    absence = db.session.scalars(sa.select(Absence)).one()
    assert client.as_(team["lena"]).post(f"/account/absence/{absence.ref}/end").status_code == 404
    client.as_(team["sam"]).post(f"/account/absence/{absence.ref}/end")
    assert sales.qualified(sales.lead(), now=clock.now()).owner_id == team["sam"].id


@pytest.mark.parametrize(("days", "sentence"), [((3, 2), "after the first"), ((-9, -8), "lie behind")])
def test_days_that_cannot_be_are_refused(
    client: Client, team: dict[str, User], days: tuple[int, int], sentence: str
) -> None:
    given = {"from_on": _day(days[0]), "until_on": _day(days[1]), "stand_in": ""}
    assert sentence in client.as_(team["sam"]).post("/account/absence", data=given).text


def test_who_manages_people_notes_it_for_a_colleague(admin: Client, team: dict[str, User]) -> None:
    url = f"/staff/people/{team['sam'].ref}/absence"
    admin.post(url, data={"from_on": _day(0), "until_on": _day(9), "stand_in": ""})
    assert "Nobody stands in" in admin.get(url).text
    assert sales.qualified(sales.lead(), now=clock.now()).owner_id == team["lena"].id
    assert "away until" in admin.get(HOME).text
    admin.post(f"{url}/end")
    assert "No days from today on." in admin.get(url).text


def test_many_deals_go_around_by_weight(admin: Client, team: dict[str, User]) -> None:
    _add(admin, **{team["sam"].ref: "2", team["lena"].ref: "1"})
    lead = sales.lead()
    owners: list[Deal] = [sales.qualified(lead) for _ in range(6)]
    assert [deal.owner_id == team["sam"].id for deal in owners] == [True, False, True] * 2
