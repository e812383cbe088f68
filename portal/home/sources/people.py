from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.auth.rules import ROLE_LABEL, Role
from portal.deals.models import Deal
from portal.emergency.models import EmergencyGrant
from portal.emergency.rules import ASK_HOLDS, hour_words
from portal.home.queue import Task
from portal.home.sources.source import Moment, Source, part
from portal.partners.models import Partner
from portal.tasks.models import Task as TaskRow

_Asker, _Getter = aliased(User), aliased(User)


def _tasks(user: User, now: Moment) -> sa.Select[Any]:
    mine = part(
        ref=sa.func.coalesce(Deal.ref, TaskRow.ref),
        step=sa.case((Deal.id.is_(None), "task"), else_="deal"),
        subject=Deal.company,
        text=TaskRow.title,
        partner=Partner.name,
        due_on=TaskRow.due_on,
        is_mine=sa.true(),
    )
    joined = mine.select_from(TaskRow).outerjoin(Deal, Deal.id == TaskRow.deal_id)
    open_ones = (TaskRow.owner_id == user.id) & TaskRow.done_at.is_(None) & TaskRow.dropped_at.is_(None)
    due = joined.outerjoin(Partner, Partner.id == Deal.partner_id).where(open_ones)
    return due.where(TaskRow.due_on <= now.soon_on).order_by(TaskRow.due_on, TaskRow.id)


def _do(row: Any, now: datetime) -> Task:
    title = f"{row.text}: {row.subject}" if row.subject else row.text
    url = f"/staff/deals/{row.ref}" if row.step == "deal" else f"/staff/tasks/{row.ref}"
    return Task(title=title, about="your task", partner=row.partner or "", url=url, due_on=row.due_on, is_mine=True)


def _emergencies(user: User, now: Moment) -> sa.Select[Any]:
    """What waits for its second person: neither who asked nor who gets the role."""
    grant = EmergencyGrant
    asked = part(
        ref=grant.ref,
        subject=_Getter.name,
        person=_Asker.name,
        step=grant.role,
        text=grant.reason,
        number=grant.hours,
        since=grant.asked_at,
    )
    joined = asked.select_from(grant).join(_Asker, _Asker.id == grant.asked_by_id)
    joined = joined.join(_Getter, _Getter.id == grant.user_id)
    open_ones = grant.confirmed_at.is_(None) & grant.refused_at.is_(None) & (grant.asked_at > now.asked_since)
    others = (grant.asked_by_id != user.id) & (grant.user_id != user.id)
    return joined.where(open_ones, others).order_by(grant.asked_at, grant.id)


def _confirm(row: Any, now: datetime) -> Task:
    about = f"{ROLE_LABEL[Role(row.step)]} for {hour_words(row.number)}: {row.text}"
    return Task(
        title=f"Confirm emergency access: {row.subject}",
        about=about,
        person=row.person,
        url="/staff/people/emergency/",
        due_at=row.since + ASK_HOLDS,
    )


TASKS = Source(Permission.KEEP_TASKS, _tasks, _do, is_covered=True)
EMERGENCIES = Source(Permission.CONFIRM_EMERGENCY_ACCESS, _emergencies, _confirm)
