"""What must hold over all guides and profiles."""

from collections.abc import Iterator

import sqlalchemy as sa

from portal.activity.models import EventRow
from portal.proof import check, rows
from portal.resources.events import ResourcePublished
from portal.resources.models import Resource, ResourceEdition


@check("What partners can find has the edition that it names")
def _edition_is_there(connection: sa.Connection) -> Iterator[str]:
    edition = sa.exists().where(
        ResourceEdition.resource_id == Resource.id, ResourceEdition.number == Resource.published_number
    )
    lost = sa.select(Resource.slug, Resource.published_number).where(Resource.published_number.is_not(None), ~edition)
    for row in rows(connection, lost):
        yield f"{row.slug} is published as edition {row.published_number}, which is not there."


@check("Every edition has the event of its publication")
def _edition_has_event(connection: sa.Connection) -> Iterator[str]:
    numbers = EventRow.body["number"].as_integer()
    of_resource = EventRow.ref == sa.literal("G-") + sa.cast(ResourceEdition.resource_id, sa.String)
    told = sa.exists().where(
        of_resource, EventRow.kind == ResourcePublished.__name__, numbers == ResourceEdition.number
    )
    silent = sa.select(Resource.slug, ResourceEdition.number).join(Resource).where(~told)
    for row in rows(connection, silent):
        yield f"Edition {row.number} of {row.slug} has no event of its publication."
