import secrets
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.auth.rules import token_hash
from portal.deals.rules import NurtureStep
from portal.errors import Overtaken, Refused
from portal.events import publish
from portal.extensions import db
from portal.refs import new_ref
from portal.sla.queries import today_of
from portal.tasks import queries, rules
from portal.tasks.events import (
    CalendarClosed,
    CalendarOpened,
    TaskChanged,
    TaskDone,
    TaskDropped,
    TaskDue,
    TaskSet,
    TaskTakenUpAgain,
)
from portal.tasks.models import CalendarFeed, Task
from portal.tasks.rules import TaskKind


def make(by: User, *, now: datetime, title: str, due_on: date, owner_id: int, deal_id: int | None) -> Task:
    """A task by hand, for oneself or a colleague. Raises Refused for a day that has passed."""
    rules.check_due(due_on, today_of(now))
    return _add(TaskKind.HAND, by.id, now, title=title, due_on=due_on, owner_id=owner_id, deal_id=deal_id)


def change(by: User, task: Task, *, seen_version: int, now: datetime, title: str, due_on: date, owner_id: int) -> None:
    """Other words, another day, another person. Raises Refused for one that is done, Overtaken on an older version."""
    if task.version != seen_version:
        raise Overtaken
    if task.done_at is not None:
        raise Refused("This task is done. Take it up again to change it.")
    if due_on != task.due_on:
        rules.check_due(due_on, today_of(now))
        task.remind_on = due_on
    task.title, task.due_on, task.owner_id = title, due_on, owner_id
    db.session.flush()
    publish(TaskChanged(**_facts(by.id, task, now), owner_user_id=owner_id, due_on=due_on))


def finish(by: User, task: Task, *, now: datetime) -> None:
    """Done. A second time changes nothing."""
    if task.done_at is None:
        task.done_at, task.done_by_id, task.remind_on = now, by.id, None
        db.session.flush()
        publish(TaskDone(**_facts(by.id, task, now)))


def take_up_again(by: User, task: Task, *, now: datetime) -> None:
    """It was not done after all."""
    if task.done_at is not None:
        task.done_at = task.done_by_id = None
        db.session.flush()
        publish(TaskTakenUpAgain(**_facts(by.id, task, now)))


def keep_in_touch(
    by_id: int | None, deal_id: int, owner_id: int, steps: tuple[NurtureStep, ...], now: datetime
) -> None:
    """The small steps by which a parked prospect is not forgotten."""
    for step in steps:
        _add(TaskKind.NURTURE, by_id, now, title=step.text, due_on=step.on, owner_id=owner_id, deal_id=deal_id)


def drop_nurture(deal_id: int, now: datetime) -> None:
    """The deal is parked no more: what was to be done meanwhile falls away."""
    open_steps = sa.select(Task).where(
        Task.deal_id == deal_id, Task.kind == TaskKind.NURTURE, Task.done_at.is_(None), Task.dropped_at.is_(None)
    )
    for task in db.session.scalars(open_steps.order_by(Task.id).with_for_update()):
        task.dropped_at, task.remind_on = now, None
        publish(TaskDropped(**_facts(None, task, now)))
    db.session.flush()


def pass_on(by_id: int | None, deal_id: int, from_id: int, to_id: int, now: datetime) -> None:
    """What one owner of a deal had to do about it, the next one has to do."""
    open_tasks = sa.select(Task).where(
        Task.deal_id == deal_id, Task.owner_id == from_id, Task.done_at.is_(None), Task.dropped_at.is_(None)
    )
    for task in db.session.scalars(open_tasks.order_by(Task.id).with_for_update()):
        task.owner_id = to_id
        publish(TaskChanged(**_facts(by_id, task, now), owner_user_id=to_id, due_on=task.due_on))
    db.session.flush()


def remind(task: Task, now: datetime) -> None:
    """Its day has come: whoever tells people of it does, once."""
    task.remind_on = None
    db.session.flush()
    publish(TaskDue(**_facts(None, task, now), owner_user_id=task.owner_id, due_on=task.due_on))


def open_calendar(by: User, *, now: datetime) -> str:
    """A new secret address, instead of the one before. Returns the secret, which is kept nowhere."""
    token = secrets.token_urlsafe(32)
    feed = queries.feed_of(by.id) or CalendarFeed(user_id=by.id)
    feed.token_hash, feed.made_at = token_hash(token), now
    db.session.add(feed)
    db.session.flush()
    publish(CalendarOpened(by=by.id, at=now, ref=by.ref, partner_id=by.partner_id))
    return token


def close_calendar(by: User, *, now: datetime) -> None:
    """The address leads nowhere from here on."""
    feed = queries.feed_of(by.id)
    if feed is not None:
        db.session.delete(feed)
        db.session.flush()
        publish(CalendarClosed(by=by.id, at=now, ref=by.ref, partner_id=by.partner_id))


def _add(kind: TaskKind, by_id: int | None, now: datetime, **given: Any) -> Task:
    due_on, today = given["due_on"], today_of(now)
    remind_on = due_on if due_on > today or given["owner_id"] != by_id else None
    ref = new_ref("T", Task.ref)
    task = Task(ref=ref, kind=kind, created_by_id=by_id, created_at=now, remind_on=remind_on, **given)
    db.session.add(task)
    db.session.flush()
    publish(TaskSet(**_facts(by_id, task, now), owner_user_id=task.owner_id, due_on=task.due_on))
    return task


def _facts(by_id: int | None, task: Task, now: datetime) -> dict[str, Any]:
    return {"by": by_id, "at": now, "ref": task.ref, "task_id": task.id}
