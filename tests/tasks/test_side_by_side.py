"""Tasks of one deal and one person beside those of others: what falls away, what goes along, what the record says."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import selectinload
from werkzeug.exceptions import NotFound

from portal.activity.models import EventRow
from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals import actions as actions_of_deals
from portal.deals import merging
from portal.deals.models import Deal
from portal.deals.rules import Channel, NurtureStep
from portal.extensions import db
from portal.referrals import actions as referrals
from portal.referrals.decline_reasons import DeclineReason
from portal.scope import all_partners
from portal.sla.models import SlaClock
from portal.sla.rules import ClockState
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


def test_a_task_is_for_one_of_ours_who_is_here_and_changed_by_whom_it_is_for(sam: User) -> None:
    tom = make.staff(Role.QUALIFIER, name="Tom")
    make.staff(Role.QUALIFIER, name="Gone", disabled_at=NOON), make.partner_user(), make.user(name="Without a role")
    assert {row.id for row in queries.colleagues()} >= {sam.id, tom.id}
    assert {row.name for row in queries.colleagues()}.isdisjoint({"Gone", "Without a role"})
    assert not {row.id for row in queries.colleagues()} & set(partners_people())
    own, other = by_hand(sam, "Own"), by_hand(sam, "Other")
    assert queries.to_change(sam, own.ref).id == own.id
    of_tom = by_hand(sam, "For Tom", owner_id=tom.id)
    other.dropped_at, other.remind_on = NOON, None
    db.session.flush()
    for ref in (of_tom.ref, other.ref, "T-222222"):
        with pytest.raises(NotFound):
            queries.to_change(sam, ref)


def partners_people() -> list[int]:
    return list(db.session.scalars(all_partners(sa.select(User.id).where(User.partner_id.is_not(None)), "a test")))


def test_a_deal_shows_its_own_tasks_and_those_of_what_was_merged_into_it(sam: User, deals: tuple[Deal, Deal]) -> None:
    deal, other = deals
    twin = actions_of_deals.enter(
        sam, now=NOON, company="Twin", website="", currency="EUR", channel=Channel.INBOUND, expected_minor=1
    )
    by_hand(sam, "Own", deal), by_hand(sam, "Of the twin", twin), by_hand(sam, "Elsewhere", other)
    assert {row.title for row in queries.of_deal(deal.id)} == {"Own"}
    merging.merge(sales.owner_of(deal), twin, deal, seen_version=deal.version, now=NOON)
    assert {row.title for row in queries.of_deal(deal.id)} == {"Own", "Of the twin"}


def test_a_deal_is_called_by_its_reference_by_who_sees_deals(sam: User, deals: tuple[Deal, Deal]) -> None:
    deal, _ = deals
    assert queries.deal_called(sam, deal.ref).id == deal.id
    for by, ref in ((sam, None), (sam, "D-222222"), (make.partner_user(), deal.ref)):
        assert queries.deal_called(by, ref) is None
    assert queries.owner_of(deal.id) == deal.owner_id


def test_a_calendar_has_ones_own_days_only(sam: User, deals: tuple[Deal, Deal]) -> None:
    deal, other = deals
    tom = make.staff(Role.SALES_OWNER, name="Tom")
    for each, owner, step in ((deal, sam, "Ring"), (other, tom, "Write")):
        each.owner_id, each.next_step, each.next_step_on = owner.id, step, TODAY + DAY
    by_hand(sam, "Call", days=1), by_hand(tom, "Of Tom's", days=1)
    db.session.flush()

    def titles(user: User, now: datetime) -> set[str]:
        return {entry.title.partition(":")[0] for entry in queries.agenda(user, now)}

    clocks = "First contact promised"
    assert titles(sam, NOON) == {"Call", "Ring", clocks}
    assert titles(tom, NOON) == {"Of Tom's", "Write", clocks}
    for user, owned in ((sam, deal), (tom, other)):
        of_deals = {e.uid.partition("-f")[0] for e in queries.agenda(user, NOON) if e.uid.startswith("D-")}
        assert of_deals == {owned.ref}
    (running,) = db.session.scalars(all_partners(sa.select(SlaClock).where(SlaClock.ref == deal.ref), "a test"))
    running.state = ClockState.MET
    assert titles(sam, NOON) == {"Call", "Ring"}
    assert titles(sam, NOON + 400 * DAY) == set(), "what lies long behind is no entry any more"
    qualifier = make.staff(Role.QUALIFIER)
    deal.owner_id = qualifier.id
    assert titles(qualifier, NOON) == set(), "who moves no deals has none"


def test_a_partners_calendar_has_what_the_person_sees_and_waits_for(sam: User) -> None:
    lead, stranger = sales.lead(), sales.lead()
    member = make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id)
    for by, company in ((lead, "Of the lead"), (member, "Of the member"), (stranger, "Elsewhere")):
        sales.referral(by, company=company)
        sales.qualified(by, company=f"{company}, qualified")
    asked, answered = sales.referral(lead, company="Asked"), sales.referral(lead, company="Declined")
    maya = make.staff()
    referrals.ask(maya, asked, seen_version=asked.version, now=NOON, question="Who?")
    given: dict[str, Any] = {"reason": DeclineReason.NO_FIT, "because": "No."}
    referrals.decline(maya, answered, seen_version=answered.version, now=NOON, **given)
    db.session.commit()
    ends, due = "Protection ends: {}, qualified", "Answer due to you: {}"
    own = {each.format("Of the member") for each in (ends, due)}
    expected = {
        lead.id: own | {each.format("Of the lead") for each in (ends, due)},
        member.id: own,
        stranger.id: {each.format("Elsewhere") for each in (ends, due)},
        make.partner_user(Role.PARTNER_FINANCE, partner_id=lead.partner_id).id: set(),
    }
    everybody = sa.select(User).options(selectinload(User.grants))
    people = {user.id: user for user in db.session.scalars(all_partners(everybody, "a test"))}
    assert {id_: {e.title for e in queries.agenda(people[id_], NOON)} for id_ in expected} == expected
    past = {entry.title for entry in queries.agenda(people[stranger.id], NOON + 400 * DAY)}
    assert past == {due.format("Elsewhere")}, "a protection that is over ends no more"
