"""Tasks whose day has come, each told once."""

from datetime import datetime

import sqlalchemy as sa

from portal.extensions import db
from portal.sla.queries import today_of
from portal.tasks import actions
from portal.tasks.models import Task


def due(now: datetime, limit: int) -> list[tuple[int, int]]:
    """Tasks to remind of, each with its version: together they name the attempt."""
    waiting = _waiting(now).with_only_columns(Task.id, Task.version).order_by(Task.remind_on, Task.id).limit(limit)
    return [(row.id, row.version) for row in db.session.execute(waiting)]


def attempt(task_id: int, version: int, now: datetime) -> None:
    """Remind of it and commit; one that was done or changed meanwhile is left alone."""
    wanted = _waiting(now).where(Task.id == task_id, Task.version == version).with_for_update()
    task = db.session.scalar(wanted)
    if task is not None:
        actions.remind(task, now)
    db.session.commit()


def _waiting(now: datetime) -> sa.Select[Task]:
    return sa.select(Task).where(Task.remind_on <= today_of(now))
