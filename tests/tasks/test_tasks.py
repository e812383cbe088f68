"""Things to do: put on a list, done, taken up again, told on their day."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.auth.models import User
from portal.auth.rules import Role
from portal.errors import Overtaken, Refused
from portal.extensions import db
from portal.notifications.models import Delivery
from portal.scope import all_partners
from portal.tasks import actions, jobs, queries
from portal.tasks.models import Task
from tests.support import make, sales
from tests.support.client import Client
from tests.support.make import NOON

DAY = timedelta(days=1)
TODAY = NOON.date()


@pytest.fixture
def sam(app: Flask) -> User:
    sales.program()
    return sales.detached(make.staff(Role.SALES_OWNER, name="Sam Ortega"))


def made(by: User, title: str = "Call Ruth", days: int = 2, **given: Any) -> Task:
    usual: dict[str, Any] = {"now": NOON, "owner_id": by.id, "deal_id": None}
    task = actions.make(by, title=title, due_on=TODAY + days * DAY, **usual | given)
    db.session.commit()
    return task


def subjects() -> list[str]:
    return list(db.session.scalars(all_partners(sa.select(Delivery.subject).order_by(Delivery.id), "a test")))


def run(days: int) -> None:
    at = NOON + days * DAY
    for task_id, version in jobs.due(at, 100):
        jobs.attempt(task_id, version, at)


def test_a_task_is_told_on_its_day_once(sam: User) -> None:
    deal = sales.qualified(sales.lead())
    made(sam, deal_id=deal.id)
    before = len(subjects())
    run(1)
    assert len(subjects()) == before
    run(2)
    run(3)
    assert subjects()[before:] == [f"Today: Call Ruth: {deal.company}"]


def test_one_that_was_done_is_told_to_nobody(sam: User) -> None:
    task = made(sam)
    actions.finish(sam, task, now=NOON)
    actions.finish(sam, task, now=NOON)
    db.session.commit()
    run(2)
    assert not [each for each in subjects() if each.startswith("Today")]
    assert queries.of_person(sam.id) == []
    actions.take_up_again(sam, task, now=NOON)
    db.session.commit()
    assert [row.title for row in queries.of_person(sam.id)] == ["Call Ruth"]


def test_one_for_today_of_ones_own_needs_no_mail_and_one_for_a_colleague_does(sam: User) -> None:
    tess = make.staff(Role.SALES_OWNER, email="tess@portal.example")
    made(sam, days=0)
    made(sam, "For Tess", days=0, owner_id=tess.id)
    run(0)
    assert [each for each in subjects() if each.startswith("Today")] == ["Today: For Tess"]


def test_a_changed_day_is_told_anew(sam: User) -> None:
    task = made(sam, days=1)
    run(1)
    task = queries.to_change(sam, task.ref)
    changed: dict[str, Any] = {"title": "Call again", "due_on": TODAY + 5 * DAY, "owner_id": sam.id}
    with pytest.raises(Overtaken):
        actions.change(sam, task, seen_version=task.version - 1, now=NOON, **changed)
    with pytest.raises(Refused, match="lie behind"):
        actions.change(sam, task, seen_version=task.version, now=NOON, **changed | {"due_on": TODAY - DAY})
    actions.change(sam, task, seen_version=task.version, now=NOON, **changed)
    db.session.commit()
    run(5)
    assert [each for each in subjects() if each.startswith("Today")] == ["Today: Call Ruth", "Today: Call again"]


def test_the_list_and_its_buttons(client: Client, sam: User) -> None:
    client.as_(sam)
    assert "Nothing on your list" in client.get("/staff/tasks/").text
    tomorrow = str((clock.now() + DAY).date())
    typed = {"title": "Write to Ruth", "due_on": tomorrow, "owner": sam.ref}
    for wrong in ({"title": ""}, {"due_on": "2001-01-01"}, {"due_on": "x"}, {"owner": "U-222222"}):
        assert client.post("/staff/tasks/new", data=typed | wrong).status_code == 422, wrong
    assert "Write to Ruth" in client.post("/staff/tasks/new", data=typed, follow_redirects=True).text
    (row,) = queries.of_person(sam.id)
    assert "Write to Ruth" in client.get(f"/staff/tasks/{row.ref}").text
    page = client.post(
        f"/staff/tasks/{row.ref}", data=typed | {"version": 1, "title": "Ring Ruth"}, follow_redirects=True
    )
    assert "Ring Ruth" in page.text
    assert client.post(f"/staff/tasks/{row.ref}", data=typed | {"version": 1}).status_code == 409
    page = client.post(f"/staff/tasks/{row.ref}/completion", follow_redirects=True)
    assert "Done in the last week" in page.text
    assert client.post(f"/staff/tasks/{row.ref}", data=typed | {"version": 3}).status_code == 409
    assert "Ring Ruth" in client.post(f"/staff/tasks/{row.ref}/reopening", follow_redirects=True).text
    client.as_(make.staff(Role.SALES_OWNER))
    assert client.get(f"/staff/tasks/{row.ref}").status_code == 404


def test_a_task_about_a_deal_stands_on_its_page(client: Client, sam: User) -> None:
    deal = sales.qualified(sales.lead(), now=clock.now())
    client.as_(sam)
    assert deal.company in client.get(f"/staff/tasks/new?deal={deal.ref}").text.replace("&amp;", "&")
    typed = {"title": "Send the paper", "due_on": str((clock.now() + DAY).date()), "owner": sam.ref, "deal": deal.ref}
    page = client.post("/staff/tasks/new", data=typed, follow_redirects=True).text
    assert "Send the paper" in page
    (row,) = queries.of_person(sam.id)
    done = client.post(f"/staff/tasks/{row.ref}/completion", data={"deal": deal.ref})
    assert done.location == f"/staff/deals/{deal.ref}"


def test_who_keeps_tasks(client: Client, sam: User) -> None:
    for role, code in ((Role.QUALIFIER, 200), (Role.AUDITOR, 403)):
        assert client.as_(make.staff(role)).get("/staff/tasks/").status_code == code
    assert client.as_(sales.lead()).get("/staff/tasks/").status_code == 403
