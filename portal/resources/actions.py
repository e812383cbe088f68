"""Guides and profiles: written as drafts, published as editions that stay as they were."""

from collections.abc import Iterable
from datetime import datetime

from portal.auth.models import User
from portal.content import Piece
from portal.errors import Overtaken, Refused
from portal.events import publish as tell
from portal.extensions import db, insert_into
from portal.resources import queries
from portal.resources.events import ResourcePublished, ResourceWithdrawn
from portal.resources.models import Reading, Resource, ResourceEdition
from portal.resources.rules import ResourceKind, check_slug, minutes_of


def write(
    by: User | None, *, slug: str, kind: ResourceKind, title: str, summary: str, draft: str, now: datetime
) -> Resource:
    """A new draft. `by` is None for the set-up."""
    check_slug(slug)
    if queries.is_taken(slug):
        raise Refused("Another guide or profile has this address. Choose another.", "slug")
    resource = Resource(
        slug=slug,
        kind=kind,
        title=title,
        summary=summary,
        draft=draft,
        updated_at=now,
        updated_by_id=by.id if by else None,
    )
    db.session.add(resource)
    db.session.flush()
    return resource


def rewrite(
    by: User, resource: Resource, *, seen_version: int, title: str, summary: str, draft: str, now: datetime
) -> None:
    """Change the draft; partners go on reading the edition that is published."""
    if resource.version != seen_version:
        raise Overtaken
    resource.title, resource.summary, resource.draft = title, summary, draft
    resource.updated_at, resource.updated_by_id = now, by.id
    db.session.flush()


def publish(by: User | None, resource: Resource, *, now: datetime) -> ResourceEdition:
    """Make the draft the edition that partners read. Raises `Refused` where they read just that already."""
    last = queries.last_edition(resource)
    if last is not None and resource.published_number == last.number and _same(last, resource):
        raise Refused("Partners read exactly this text already.")
    edition = ResourceEdition(
        resource_id=resource.id,
        number=last.number + 1 if last else 1,
        title=resource.title,
        summary=resource.summary,
        body=resource.draft,
        minutes=minutes_of(resource.draft),
        published_at=now,
        published_by_id=by.id if by else None,
    )
    db.session.add(edition)
    resource.published_number = edition.number
    db.session.flush()
    tell(
        ResourcePublished(
            by=by.id if by else None,
            at=now,
            ref=f"G-{resource.id}",
            resource_id=resource.id,
            title=edition.title,
            number=edition.number,
        )
    )
    return edition


def withdraw(by: User, resource: Resource, *, now: datetime) -> None:
    """Partners no longer find it; the draft and all editions are kept."""
    if resource.published_number is None:
        raise Refused("Partners cannot see it as it is.")
    resource.published_number = None
    db.session.flush()
    ref = f"G-{resource.id}"
    tell(ResourceWithdrawn(by=by.id, at=now, ref=ref, resource_id=resource.id, title=resource.title))


def mark_read(by: User, resource_id: int, edition_number: int, *, now: datetime) -> None:
    """Remember which edition the person read last."""
    values = {"user_id": by.id, "resource_id": resource_id, "edition_number": edition_number, "read_at": now}
    reading = insert_into(Reading).values(values)
    latest = {"edition_number": reading.excluded.edition_number, "read_at": reading.excluded.read_at}
    db.session.execute(reading.on_conflict_do_update(index_elements=["user_id", "resource_id"], set_=latest))


def load(pieces: Iterable[Piece], *, now: datetime, by: User | None = None) -> None:
    """Write and publish texts that come as files; what is there already by the same address is left alone."""
    for piece in pieces:
        if queries.is_taken(piece.slug):
            continue
        kind = ResourceKind(piece.kind)
        texts = {"title": piece.title, "summary": piece.summary, "draft": piece.body}
        resource = write(by, slug=piece.slug, kind=kind, **texts, now=now)
        publish(by, resource, now=now)


def _same(edition: ResourceEdition, resource: Resource) -> bool:
    written = (resource.title, resource.summary, resource.draft)
    return (edition.title, edition.summary, edition.body) == written
