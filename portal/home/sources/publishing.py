"""What one person drafted and another puts to use."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.agreements.models import FeePlan
from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.criteria.models import CriteriaVersion
from portal.engagement.models import EngagementVersion
from portal.home.queue import Task
from portal.home.sources.source import Moment, Source, part, task

_Author = aliased(User)


def _fee_plans(user: User, now: Moment) -> sa.Select[Any]:
    drafted = part(subject=FeePlan.name, number=FeePlan.number, since=FeePlan.created_at, person=_Author.name)
    joined = drafted.select_from(FeePlan).outerjoin(_Author, _Author.id == FeePlan.created_by_id)
    return joined.where(FeePlan.published_at.is_(None), _by_another(FeePlan.created_by_id, user)).order_by(FeePlan.id)


def _plan(row: Any, now: datetime) -> Task:
    about = f"version {row.number}, drafted"
    return task(f"Publish: fee plan {row.subject}", about, "/staff/settings/fee-plans/", row)


def _criteria(user: User, now: Moment) -> sa.Select[Any]:
    return _newest_draft(CriteriaVersion, user)


def _engagement(user: User, now: Moment) -> sa.Select[Any]:
    return _newest_draft(EngagementVersion, user)


def _newest_draft(version: type[CriteriaVersion | EngagementVersion], user: User) -> sa.Select[Any]:
    """The newest version, where it is a draft of somebody else's: older drafts have lost their turn."""
    newest = sa.select(sa.func.max(version.number)).scalar_subquery()
    drafted = part(number=version.number, since=version.created_at, person=_Author.name)
    joined = drafted.select_from(version).outerjoin(_Author, _Author.id == version.created_by_id)
    waits = (version.number == newest) & version.published_at.is_(None)
    return joined.where(waits, _by_another(version.created_by_id, user))


def _publish_criteria(row: Any, now: datetime) -> Task:
    return task("Publish: criteria", f"version {row.number}, drafted", "/staff/settings/criteria/", row)


def _publish_engagement(row: Any, now: datetime) -> Task:
    return task("Publish: rules of engagement", f"version {row.number}, drafted", "/staff/engagement/", row)


def _by_another(author_id: Any, user: User) -> Any:
    return author_id.is_(None) | (author_id != user.id)


FEE_PLANS = Source(Permission.PUBLISH_FEE_PLANS, _fee_plans, _plan)
CRITERIA = Source(Permission.EDIT_CRITERIA, _criteria, _publish_criteria)
ENGAGEMENT = Source(Permission.EDIT_ENGAGEMENT, _engagement, _publish_engagement)
