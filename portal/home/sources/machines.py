"""What could not leave the portal by itself."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.documents.models import Document
from portal.documents.rules import DocumentState
from portal.formats import counted
from portal.home.queue import MOST, Task
from portal.home.sources.source import Moment, Source, part, task
from portal.notifications.models import Delivery
from portal.notifications.rules import DeliveryState


def _mails(user: User, now: Moment) -> sa.Select[Any]:
    return _given_up(Delivery, DeliveryState.DEAD)


def _papers(user: User, now: Moment) -> sa.Select[Any]:
    return _given_up(Document, DocumentState.DEAD)


def _given_up(of: type[Any], state: Any) -> sa.Select[Any]:
    some = sa.select(of.id, of.created_at).where(of.state == state).limit(MOST).subquery()
    summed = part(number=sa.func.count(), since=sa.func.min(some.c.created_at)).select_from(some)
    return summed.having(sa.func.count() > 0)


def _look(noun: str, sentence: str, about: str) -> Callable[[Any, datetime], Task]:
    def told(row: Any, now: datetime) -> Task:
        return task(f"{counted(row.number, noun)} {sentence}", about, "/staff/jobs/", row)

    return told


MAILS = Source(
    Permission.MANAGE_JOBS, _mails, _look("mail", "could not be sent", "look at the reason, then send again")
)
PAPERS = Source(
    Permission.MANAGE_JOBS, _papers, _look("PDF", "could not be made", "look at the reason, then make again")
)
