"""Rules of engagement are drafted by one person and published by another; a published version never changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.auth.holders import names
from portal.auth.models import User
from portal.engagement import queries
from portal.engagement.events import EngagementDrafted, EngagementPublished
from portal.engagement.models import EngagementVersion
from portal.engagement.rules import SHIPPED, Rules
from portal.errors import Refused
from portal.events import publish as tell
from portal.extensions import db


def draft(by: User, *, data: Mapping[str, Any], seen_number: int, now: datetime) -> EngagementVersion:
    """The next version, not in use yet; `seen_number` is the version that it began from.

    Raises Refused naming the part that is wrong, and where somebody else wrote a version meanwhile."""
    newest = db.session.scalar(sa.select(EngagementVersion).order_by(EngagementVersion.number.desc()).limit(1))
    number = newest.number if newest else SHIPPED.version
    said = Rules.from_data(data, number + 1).to_data()
    if seen_number != number:
        raise Refused(f"Version {number} was written since you began. Look at that one, then begin from it.")
    if said == (newest.data if newest else SHIPPED.to_data()):
        raise Refused(f"Version {number} says exactly this already.")
    version = EngagementVersion(number=number + 1, data=said, created_by_id=by.id, created_at=now)
    db.session.add(version)
    db.session.flush()
    tell(EngagementDrafted(by=by.id, at=now, ref=_ref(version), number=version.number))
    return version


def publish(by: User, version: EngagementVersion, *, now: datetime) -> None:
    """Somebody else than its author puts it to use, for claims that come from now on."""
    version = _locked(version)
    newest = db.session.scalar(sa.select(sa.func.max(EngagementVersion.number)))
    if version.published_at is not None:
        raise Refused(f"Version {version.number} is already published.")
    if newest != version.number:
        raise Refused(f"Version {newest} took the place of version {version.number}. Look at that one.")
    if version.created_by_id == by.id:
        others = queries.publishers(by.id)
        who = f"{names(others)} can" if others else "invite a second person as partner manager or program admin"
        raise Refused(f"You wrote this version, so somebody else publishes it: {who}.")
    version.published_at, version.published_by_id = now, by.id
    db.session.flush()
    tell(EngagementPublished(by=by.id, at=now, ref=_ref(version), number=version.number))


def _locked(version: EngagementVersion) -> EngagementVersion:
    """The row as it is now; nobody else publishes it until this transaction ends."""
    found = sa.select(EngagementVersion).where(EngagementVersion.id == version.id).with_for_update()
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def _ref(version: EngagementVersion) -> str:
    return f"E-{version.number}"
