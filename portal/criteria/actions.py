"""Criteria are drafted by one person and published by another; a published version never changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.auth.holders import holders, names
from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.criteria.events import CriteriaDrafted, CriteriaPublished
from portal.criteria.models import CriteriaVersion
from portal.criteria.rules import Criteria
from portal.errors import Refused
from portal.events import publish as tell
from portal.extensions import db


def draft(by: User | None, *, data: Mapping[str, Any], now: datetime) -> CriteriaVersion:
    """The next version, not in use yet. `by` is None for the set-up. Raises Refused naming the part that is wrong."""
    newest = db.session.scalar(sa.select(sa.func.max(CriteriaVersion.number))) or 0
    Criteria.from_data(data, newest + 1)
    version = CriteriaVersion(number=newest + 1, data=dict(data), created_by_id=by.id if by else None, created_at=now)
    db.session.add(version)
    db.session.flush()
    tell(CriteriaDrafted(by=by.id if by else None, at=now, ref=_ref(version), number=version.number))
    return version


def publish(by: User, version: CriteriaVersion, *, now: datetime) -> None:
    """Somebody else than its author puts the version to use, for referrals that come from now on."""
    if version.published_at is not None:
        raise Refused(f"Version {version.number} is already published.")
    if version.created_by_id == by.id:
        others = holders(Permission.EDIT_CRITERIA, but=by.id)
        who = f"{names(others)} can" if others else "invite a second person as content editor or program admin"
        raise Refused(f"You wrote this version, so somebody else publishes it: {who}.")
    version.published_at, version.published_by_id = now, by.id
    db.session.flush()
    tell(CriteriaPublished(by=by.id, at=now, ref=_ref(version), number=version.number))


def _ref(version: CriteriaVersion) -> str:
    return f"C-{version.number}"
