"""Who is away when, rules one beside the other, and the edges of a size."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.exceptions import NotFound

from portal.activity.models import EventRow
from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals import actions as deals
from portal.deals.rules import Channel
from portal.errors import Overtaken, Refused
from portal.extensions import db
from portal.routing import actions, queries
from portal.routing.models import Absence, RoutingMember, WorkLimit
from portal.routing.rules import Conditions, Facts
from portal.scope import all_partners
from portal.sla.models import BusinessCalendar
from portal.sla.queries import today_of
from tests.support import make, sales
from tests.support.make import NOON

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
TODAY, DAY = NOON.date(), timedelta(days=1)


@pytest.fixture
def people(app: Flask) -> tuple[User, User, User]:
    sales.program()
    sam, tom = (make.staff(Role.SALES_OWNER, name=name) for name in ("Sam", "Tom"))
    return sam, tom, make.staff(Role.PROGRAM_ADMIN, name="Ida")


def away(by: User, who: User, first: int, last: int) -> Any:
    given: dict[str, Any] = {"from_on": TODAY + first * DAY, "until_on": TODAY + last * DAY, "stand_in_id": None}
    return actions.note_absence(by, who, now=NOON, **given)


def test_an_absence_may_be_of_one_day_and_of_today(people: tuple[User, User, User]) -> None:
    sam, _, ida = people
    assert away(ida, sam, 0, 0).until_on == TODAY
    for first, last, says in ((2, 1, "after the first"), (-3, -1, "lie behind")):
        with pytest.raises(Refused, match=says):
            away(ida, sam, first, last)


@pytest.mark.parametrize(("first", "last", "fits"), [(1, 2, True), (6, 8, True), (1, 3, False), (5, 8, False)])
def test_absences_of_one_person_do_not_overlap(
    people: tuple[User, User, User], first: int, last: int, fits: bool
) -> None:
    sam, tom, ida = people
    away(ida, sam, 3, 5)
    away(ida, tom, first, last)
    assert queries.overlaps(sam.id, TODAY + first * DAY, TODAY + last * DAY) is not fits


def test_absences_are_of_whom_they_are_asked_for(people: tuple[User, User, User]) -> None:
    sam, tom, ida = people
    first, second = away(ida, sam, -1, 0), away(ida, sam, 3, 5)
    other = away(ida, tom, 3, 5)
    assert [each.ref for each in queries.absences(sam.id, TODAY)] == [first.ref, second.ref]
    assert [each.ref for each in queries.absences(sam.id, TODAY + DAY)] == [second.ref]
    assert queries.absence(sam.id, second.ref) is second
    with pytest.raises(NotFound):
        queries.absence(sam.id, other.ref)
    assert set(queries.away(NOON)) == {sam.id}


@pytest.mark.parametrize(("zone", "day"), [("Pacific/Auckland", 1), ("Europe/Berlin", 0), ("Pacific/Honolulu", -1)])
def test_there_is_one_today_at_the_edge_of_a_day(people: tuple[User, User, User], zone: str, day: int) -> None:
    """Of deals, tasks and days away: where the working hours are, whatever the zone of the program is."""
    sam, _, _ = people
    at = NOON.replace(hour=12 if day == 1 else 8)  # 01:00 on the next day, 09:00, 22:00 on the day before
    for calendar in db.session.scalars(sa.select(BusinessCalendar)):
        calendar.time_zone = zone
    make.saved(
        Absence(
            ref="A-222222",
            user_id=sam.id,
            from_on=TODAY + day * DAY,
            until_on=TODAY + day * DAY,
            made_by_id=sam.id,
            made_at=NOON,
        )
    )
    assert today_of(at) == TODAY + day * DAY
    assert set(queries.away(at)) == {sam.id}
    assert queries.away(at + DAY) == queries.away(at - DAY) == {}
    assert queries.standing(sam.id, at)[0] is not None
    deal = deals.enter(
        sam, now=at, company="Nordlys", channel=Channel.EVENT, currency="EUR", website="", expected_minor=1
    )
    assert deal.next_step_on == TODAY + (day + 7) * DAY


def test_a_stand_in_is_one_of_our_people_who_can_sign_in(people: tuple[User, User, User]) -> None:
    sam, tom, ida = people
    make.partner_user(Role.PARTNER_ADMIN, accepted_at=NOON)
    make.staff(Role.SALES_OWNER, name="Gone", accepted_at=NOON, disabled_at=NOON)
    make.staff(Role.SALES_OWNER, name="Invited", accepted_at=None)
    for each in people:
        each.accepted_at = NOON
    assert {each.id for each in queries.colleagues(sam.id)} == {tom.id, ida.id}


def test_a_rule_is_changed_alone_and_names_somebody(people: tuple[User, User, User]) -> None:
    sam, tom, ida = people
    one, other = (
        actions.add_rule(ida, now=NOON, conditions=Conditions(countries=frozenset({code})), members={sam.id: 1})
        for code in ("DE", "AT")
    )
    given: dict[str, Any] = {"now": NOON, "conditions": Conditions()}
    with pytest.raises(Overtaken):
        actions.change_rule(ida, one, seen_version=one.version + 1, members={tom.id: 1}, **given)
    with pytest.raises(Refused, match="at least one person"):
        actions.change_rule(ida, one, seen_version=one.version, members={}, **given)
    actions.change_rule(ida, one, seen_version=one.version, members={tom.id: 1}, **given)
    named = {each.rule_id: each.user_id for each in db.session.scalars(sa.select(RoutingMember))}
    assert named == {one.id: tom.id, other.id: sam.id}
    for rule, up in ((one, True), (other, False)):
        actions.move_rule(ida, rule, up=up, now=NOON)
        assert one.position < other.position


def test_each_change_of_a_rule_or_an_absence_is_on_record(people: tuple[User, User, User]) -> None:
    sam, _, ida = people
    given: dict[str, Any] = {"now": NOON, "conditions": Conditions(), "members": {sam.id: 1}}
    one, other = (actions.add_rule(ida, **given) for _ in range(2))
    actions.change_rule(ida, one, seen_version=one.version, **given)
    for rule, up in ((one, True), (other, True), (one, True)):  # the first stays first
        actions.move_rule(ida, rule, up=up, now=NOON)
    for on, held in ((True, {one.id, other.id}), (False, {other.id}), (False, {other.id}), (True, {one.id, other.id})):
        actions.switch_rule(ida, one, on=on, now=NOON)
        assert {each.id for each in queries.rules()} == held
    for each in (one, other):
        actions.delete_rule(ida, each, now=NOON)
    actions.end_absence(sam, sam, away(sam, sam, 1, 2), now=NOON)
    db.session.commit()
    kinds = db.session.scalars(all_partners(sa.select(EventRow.kind).order_by(EventRow.seq), "a test"))
    told = [each for each in kinds if each.startswith(("Routing", "Absence"))]
    rules = ["Added", "Added", "Changed", "Moved", "Moved", "Rested", "Resumed", "Deleted", "Deleted"]
    assert told == [*(f"RoutingRule{each}" for each in rules), "AbsenceNoted", "AbsenceEnded"]


def test_a_turn_is_taken_in_the_rule_that_gave_it(people: tuple[User, User, User]) -> None:
    sam, tom, ida = people
    given: dict[str, Any] = {"now": NOON, "members": {sam.id: 1, tom.id: 1}}
    one, other = (actions.add_rule(ida, conditions=Conditions(countries=frozenset({c})), **given) for c in ("DE", "AT"))
    took = [actions.assign(Facts(country=c), {}, now=NOON) for c in ("DE", "AT")]
    assert [(each.rule_id, each.user_id) for each in took] == [(one.id, sam.id), (other.id, sam.id)]
    credit = {(each.rule_id, each.user_id): each.credit for each in db.session.scalars(sa.select(RoutingMember))}
    assert credit[one.id, sam.id] == credit[other.id, sam.id] < credit[one.id, tom.id] == credit[other.id, tom.id]


def test_a_partner_is_called_by_its_own_name_or_reference(people: tuple[User, User, User]) -> None:
    for each in (make.partner(name="Brightwater"), make.partner(name="Nordlys")):
        assert queries.partner_called(each.name.upper()).id == queries.partner_called(each.ref.lower()).id == each.id
    assert queries.partner_called("Nord") is None


def test_a_limit_is_one_persons(people: tuple[User, User, User]) -> None:
    sam, tom, ida = people
    for who, most, limits in (
        (sam, 3, {sam: 3}),
        (tom, 3, {sam: 3, tom: 3}),
        (tom, 7, {sam: 3, tom: 7}),
        (sam, None, {tom: 7}),
    ):
        for published in (1, 0):
            before = told()
            actions.set_limit(ida, who, most, now=NOON)
            db.session.commit()
            assert told() - before == published
        kept = {each.user_id: each.most_open for each in db.session.scalars(sa.select(WorkLimit))}
        assert kept == {user.id: most for user, most in limits.items()}


def told() -> int:
    limits = sa.select(sa.func.count()).where(EventRow.kind == "WorkLimitSet")
    return db.session.scalar(all_partners(limits, "a test")) or 0
