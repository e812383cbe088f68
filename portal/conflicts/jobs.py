"""Conflicts whose other claim has ended: protection or hold over, referral withdrawn or declined, deal closed."""

from datetime import datetime

from portal.conflicts import actions, queries
from portal.extensions import db


def due(now: datetime, limit: int) -> list[tuple[int, int]]:
    """The conflicts against which nothing stands any more, each with its version: together they name the attempt."""
    return queries.over(now, limit)


def attempt(conflict_id: int, version: int, now: datetime) -> None:
    """Send the referral back to review and commit; one that was decided meanwhile is left alone."""
    if (found := queries.over_to_change(conflict_id, version, now)) is not None:
        actions.lapse(*found, now=now)
    db.session.commit()
