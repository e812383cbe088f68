"""Tasks of one deal and one person beside those of others: what falls away, what goes along, what the record says."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.activity.models import EventRow
from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals.models import Deal
from portal.deals.rules import NurtureStep
from portal.extensions import db
from portal.scope import all_partners
from portal.tasks import actions, queries
from portal.tasks.models import Task
from tests.support import make, sales
from tests.support.make import NOON

TODAY, DAY = NOON.date(), timedelta(days=1)


@pytest.fixture
def sam(app: Flask) -> User:
    sales.program()
    return make.staff(Role.SALES_OWNER, name="Sam Ortega")


@pytest.fixture
def deals(sam: User) -> tuple[Deal, Deal]:
    lead = sales.lead()
    return sales.qualified(lead), sales.qualified(lead)


def by_hand(by: User, title: str, deal: Deal | None = None, days: int = 2, **given: Any) -> Task:
    usual: dict[str, Any] = {"owner_id": by.id, "deal_id": deal.id if deal else None}
    return actions.make(by, now=NOON, title=title, due_on=TODAY + days * DAY, **usual | given)


def stay_in_touch(sam: User, deal: Deal, *titles: str) -> list[Task]:
    actions.keep_in_touch(sam.id, deal.id, sam.id, tuple(NurtureStep(each, TODAY + DAY) for each in titles), NOON)
    return list(db.session.scalars(sa.select(Task).where(Task.title.in_(titles)).order_by(Task.id)))


def told() -> list[str]:
    db.session.commit()
    wanted = sa.select(EventRow.kind).where(EventRow.kind.like("Task%") | EventRow.kind.like("Calendar%"))
    return list(db.session.scalars(all_partners(wanted.order_by(EventRow.seq), "a test")))


def heard(act: Callable[[], object]) -> list[str]:
    before = len(told())
    act()
    return told()[before:]


def test_the_steps_of_a_deal_that_is_parked_no_more_fall_away_and_nothing_else(
    sam: User, deals: tuple[Deal, Deal]
) -> None:
    deal, other = deals
    done, _ = stay_in_touch(sam, deal, "Done already", "Falls away")
    actions.finish(sam, done, now=NOON)
    stay_in_touch(sam, other, "Of another deal")
    by_hand(sam, "By hand", deal)
    assert heard(lambda: actions.drop_nurture(deal.id, NOON)) == ["TaskDropped"]
    assert heard(lambda: actions.drop_nurture(deal.id, NOON)) == [], "once"
    dropped = sa.select(Task.title).where(Task.dropped_at.is_not(None))
    assert list(db.session.scalars(dropped)) == ["Falls away"]
    assert {row.title for row in queries.of_deal(deal.id)} == {"Done already", "By hand"}


def test_with_a_deal_goes_what_its_owner_had_to_do_about_it(sam: User, deals: tuple[Deal, Deal]) -> None:
    deal, other = deals
    lena, tom = make.staff(Role.SALES_OWNER, name="Lena"), make.staff(Role.SALES_OWNER, name="Tom")
    goes, done = by_hand(sam, "Goes along", deal), by_hand(sam, "Done", deal)
    actions.finish(sam, done, now=NOON)
    by_hand(sam, "Of another deal", other), by_hand(sam, "Of no deal"), by_hand(tom, "Of Tom's", deal)
    (gone,) = stay_in_touch(sam, deal, "Dropped")
    actions.drop_nurture(deal.id, NOON)
    assert heard(lambda: actions.pass_on(sam.id, deal.id, sam.id, lena.id, NOON)) == ["TaskChanged"]
    owners = {row.title: row.owner_id for row in db.session.execute(sa.select(Task.title, Task.owner_id))}
    assert [title for title, owner_id in owners.items() if owner_id == lena.id] == [goes.title]
    assert (owners["Of Tom's"], owners["Dropped"], gone.owner_id) == (tom.id, sam.id, sam.id)


def test_the_record_tells_each_change_once(sam: User) -> None:
    assert heard(lambda: by_hand(sam, "Call")) == ["TaskSet"]
    task = db.session.scalars(sa.select(Task)).one()
    changed: dict[str, Any] = {"title": "Ring", "due_on": task.due_on, "owner_id": sam.id}
    assert heard(lambda: actions.change(sam, task, seen_version=task.version, now=NOON, **changed)) == ["TaskChanged"]
    assert heard(lambda: actions.take_up_again(sam, task, now=NOON)) == [], "it was not done"
    assert heard(lambda: actions.finish(sam, task, now=NOON)) == ["TaskDone"]
    assert heard(lambda: actions.finish(sam, task, now=NOON)) == [], "it was done"
    assert heard(lambda: actions.take_up_again(sam, task, now=NOON)) == ["TaskTakenUpAgain"]
    assert heard(lambda: actions.close_calendar(sam, now=NOON)) == [], "it was not open"
    assert heard(lambda: actions.open_calendar(sam, now=NOON)) == ["CalendarOpened"]
    assert heard(lambda: actions.close_calendar(sam, now=NOON)) == ["CalendarClosed"]


def test_what_was_to_be_done_late_keeps_its_day(sam: User) -> None:
    """Other words for a task whose day has passed: the day is only looked at where it changes."""
    task, later = by_hand(sam, "Call", days=1), NOON + 5 * DAY
    same: dict[str, Any] = {"seen_version": task.version, "due_on": task.due_on, "owner_id": sam.id}
    actions.change(sam, task, now=later, title="Ring", **same)
    assert (task.title, task.due_on) == ("Ring", TODAY + DAY)


def test_each_has_their_own_list_up_to_the_day(sam: User) -> None:
    tom = make.staff(Role.SALES_OWNER, name="Tom")
    for days in (3, 1, 2):
        by_hand(sam, f"In {days}", days=days)
    finished = by_hand(sam, "Finished")
    actions.finish(sam, finished, now=NOON)
    by_hand(tom, "Of Tom's", days=1)

    def titles(until: date | None = None) -> list[str]:
        return [row.title for row in queries.of_person(sam.id, until)]

    assert titles() == ["In 1", "In 2", "In 3"]
    assert titles(TODAY + 2 * DAY) == ["In 1", "In 2"]
    assert [row.title for row in queries.done_lately(sam.id, NOON)] == ["Finished"]
    assert not queries.done_lately(sam.id, NOON + DAY)
    assert not queries.done_lately(tom.id, NOON)
