from collections.abc import Iterator

import sqlalchemy as sa

from portal.activity.models import EventRow
from portal.engagement.events import EngagementDrafted, EngagementPublished
from portal.engagement.models import EngagementVersion
from portal.proof import check, rows

_NUMBER = sa.select(EngagementVersion.number)
_IS_PUBLISHED = EngagementVersion.published_at.is_not(None)


@check("Rules of engagement in use were published by somebody else than their author")
def four_eyes(connection: sa.Connection) -> Iterator[str]:
    publisher = EngagementVersion.published_by_id
    wrong = publisher.is_(None) | (publisher == EngagementVersion.created_by_id)
    for (number,) in rows(connection, _NUMBER.where(_IS_PUBLISHED, wrong)):
        yield f"Version {number} of the rules of engagement is in use, and nobody but its author published it."


@check("Each version of the rules of engagement was told of, and none is missing")
def told(connection: sa.Connection) -> Iterator[str]:
    ref = sa.literal("E-") + sa.cast(EngagementVersion.number, sa.String)
    for kind, what in ((EngagementDrafted, sa.true()), (EngagementPublished, _IS_PUBLISHED)):
        heard = sa.exists().where(EventRow.ref == ref, EventRow.kind == kind.__name__)
        for (number,) in rows(connection, _NUMBER.where(what, ~heard)):
            yield f"No event {kind.__name__} tells of version {number} of the rules of engagement."
    for place, (number,) in enumerate(rows(connection, _NUMBER.order_by(EngagementVersion.number)), start=2):
        if number != place:
            yield f"Version {place} of the rules of engagement is missing: version {number} stands in its place."
            return
