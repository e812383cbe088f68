"""Criteria are drafted by one person and published by another; a published version never changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.auth.holders import names
from portal.auth.models import User
from portal.criteria import queries
from portal.criteria.events import CriteriaDrafted, CriteriaPublished
from portal.criteria.models import CriteriaVersion
from portal.criteria.rules import Criteria
from portal.errors import Refused
from portal.events import publish as tell
from portal.extensions import db
from portal.fields.queries import questions
from portal.fields.rules import Kind


def draft(
    by: User | None, *, data: Mapping[str, Any], now: datetime, seen_number: int | None = None
) -> CriteriaVersion:
    """The next version, not in use yet. `by` is None for the set-up; `seen_number` is the version it began from.

    Raises Refused naming the part that is wrong, and where somebody else wrote a version meanwhile."""
    newest = db.session.scalar(sa.select(CriteriaVersion).order_by(CriteriaVersion.number.desc()).limit(1))
    number = newest.number if newest else 0
    read = Criteria.from_data(data, number + 1)
    _check_asked(read)
    said = read.to_data()
    if seen_number is not None and seen_number != number:
        raise Refused(f"Version {number} was written since you began from version {seen_number}. Begin from that one.")
    if newest and Criteria.from_data(newest.data, number).to_data() == said:
        raise Refused(f"Version {number} says exactly this already.")
    author = by.id if by else None
    version = CriteriaVersion(number=number + 1, data=said, created_by_id=author, created_at=now)
    db.session.add(version)
    db.session.flush()
    tell(CriteriaDrafted(by=author, at=now, ref=_ref(version), number=version.number))
    return version


def publish(by: User, version: CriteriaVersion, *, now: datetime) -> None:
    """Somebody else than its author puts the version to use, for referrals that come from now on."""
    version = _locked(version)
    newest = db.session.scalar(sa.select(sa.func.max(CriteriaVersion.number)))
    if version.published_at is not None:
        raise Refused(f"Version {version.number} is already published.")
    if newest != version.number:
        raise Refused(f"Version {newest} took the place of version {version.number}. Look at that one.")
    if version.created_by_id == by.id:
        others = queries.publishers(version)
        who = f"{names(others)} can" if others else "invite a second person as content editor or program admin"
        raise Refused(f"You wrote this version, so somebody else publishes it: {who}.")
    _check_asked(Criteria.from_data(version.data, version.number))
    version.published_at, version.published_by_id = now, by.id
    db.session.flush()
    tell(CriteriaPublished(by=by.id, at=now, ref=_ref(version), number=version.number))


def check_still_asked(question: str) -> None:
    """Raises Refused where a version that is in use, or waits, reads this question in other words than it is asked in
    now, or where it is asked no more: nobody changes by themselves what two people put to use."""
    asked = _asked()
    for version in filter(None, queries.in_use_and_waiting()):
        for each in version.criteria.own:
            if each.question == question and asked.get(question) != each.label:
                raise Refused(
                    f"Version {version.row.number} of the criteria reads the answer to “{each.label}”, so it stays as"
                    " it is. Draft a version without it first; a new question is asked in other words.",
                    "label",
                )


def _check_asked(criteria: Criteria) -> None:
    asked = _asked() if criteria.own else {}
    if gone := next((each for each in criteria.own if asked.get(each.question) != each.label), None):
        raise Refused(f"“{gone.label}” is not asked any more, or in other words. Begin from this page anew.")


def _asked() -> dict[str, str]:
    """The words of each yes or no question of the form, by its reference."""
    return {each.ref: each.label for each in questions() if each.kind is Kind.YES_NO}


def _locked(version: CriteriaVersion) -> CriteriaVersion:
    """The row as it is now; nobody else publishes it until this transaction ends."""
    found = sa.select(CriteriaVersion).where(CriteriaVersion.id == version.id).with_for_update()
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def _ref(version: CriteriaVersion) -> str:
    return f"C-{version.number}"
