from collections.abc import Iterator

import sqlalchemy as sa

from portal.activity.models import EventRow
from portal.criteria.events import CriteriaDrafted, CriteriaPublished
from portal.criteria.models import CriteriaVersion
from portal.proof import check, rows

_NUMBER = sa.select(CriteriaVersion.number)
_IS_PUBLISHED = CriteriaVersion.published_at.is_not(None)


@check("Criteria in use were published by somebody else than their author")
def four_eyes(connection: sa.Connection) -> Iterator[str]:
    publisher = CriteriaVersion.published_by_id
    wrong = sa.or_(publisher.is_(None), publisher == CriteriaVersion.created_by_id)
    for (number,) in rows(connection, _NUMBER.where(_IS_PUBLISHED, wrong)):
        yield f"Version {number} of the criteria is in use, and nobody but its author published it."


@check("Each version of the criteria was told of when it was drafted and when it was published")
def told(connection: sa.Connection) -> Iterator[str]:
    ref = sa.literal("C-") + sa.cast(CriteriaVersion.number, sa.String)
    for kind, what in ((CriteriaDrafted, sa.true()), (CriteriaPublished, _IS_PUBLISHED)):
        heard = sa.exists().where(EventRow.ref == ref, EventRow.kind == kind.__name__)
        for (number,) in rows(connection, _NUMBER.where(what, ~heard)):
            yield f"No event {kind.__name__} tells of version {number} of the criteria."


@check("The versions of the criteria are numbered without a gap")
def gapless(connection: sa.Connection) -> Iterator[str]:
    for place, (number,) in enumerate(rows(connection, _NUMBER.order_by(CriteriaVersion.number)), start=1):
        if number != place:
            yield f"Version {place} of the criteria is missing: version {number} stands in its place."
            return
