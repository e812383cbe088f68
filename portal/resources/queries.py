from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.extensions import db
from portal.resources.models import Reading, Resource, ResourceEdition
from portal.resources.profiles import Profile, read_profile
from portal.resources.rules import ResourceKind
from portal.scope import all_partners


def visible_to(user: User, *columns: Any) -> sa.Select[Any]:
    """What is published, each with the edition that this reader read last, if any."""
    shown: list[Any] = [Resource.id, Resource.slug, Resource.kind, ResourceEdition.number, ResourceEdition.title]
    shown += [ResourceEdition.summary, ResourceEdition.minutes, ResourceEdition.published_at]
    shown += [Reading.edition_number.label("read_number"), Reading.read_at, *columns]
    by_reader = (Reading.resource_id == Resource.id) & (Reading.user_id == user.id)
    return sa.select(*shown).join(ResourceEdition, _published_edition()).join(Reading, by_reader, isouter=True)


def published(user: User) -> Sequence[sa.Row[Any]]:
    return db.session.execute(visible_to(user).order_by(ResourceEdition.title)).all()


def profiles() -> list[tuple[Profile, Any]]:
    """The published ideal-customer profiles, each read in short, with its slug and title."""
    shown = sa.select(Resource.slug, ResourceEdition.title, ResourceEdition.summary, ResourceEdition.body)
    of_them = shown.join(ResourceEdition, _published_edition()).where(Resource.kind == ResourceKind.PROFILE)
    found = db.session.execute(of_them.order_by(ResourceEdition.title))
    return [(read_profile(row.title, row.summary, row.body), row) for row in found]


def edition(user: User, slug: str, kind: ResourceKind | None = None) -> sa.Row[Any] | None:
    """The published edition with its text; of this kind, or of any."""
    wanted = visible_to(user, ResourceEdition.body).where(Resource.slug == slug)
    if kind is not None:
        wanted = wanted.where(Resource.kind == kind)
    return db.session.execute(wanted).one_or_none()


def in_the_making() -> Sequence[sa.Row[Any]]:
    """Every resource for staff, with who changed it last and whether the draft says more than what is published."""
    changed = sa.or_(
        ResourceEdition.body != Resource.draft,
        ResourceEdition.title != Resource.title,
        ResourceEdition.summary != Resource.summary,
    )
    shown: list[Any] = [Resource.slug, Resource.kind, Resource.title, Resource.updated_at, Resource.published_number]
    shown += [ResourceEdition.published_at, User.name.label("editor"), changed.label("changed")]
    listed = (
        sa.select(*shown)
        .join(ResourceEdition, _published_edition(), isouter=True)
        .join(User, User.id == Resource.updated_by_id, isouter=True)
        .order_by(Resource.kind, Resource.title)
    )
    return db.session.execute(all_partners(listed, "names of our own people")).all()


def resource(slug: str) -> Resource:
    """404 where there is none of this address."""
    found: Resource = db.one_or_404(sa.select(Resource).where(Resource.slug == slug))
    return found


def is_taken(slug: str) -> bool:
    return db.session.scalar(sa.select(Resource.id).where(Resource.slug == slug)) is not None


def last_edition(resource: Resource) -> ResourceEdition | None:
    editions = sa.select(ResourceEdition).where(ResourceEdition.resource_id == resource.id)
    return db.session.scalar(editions.order_by(ResourceEdition.number.desc()).limit(1))


def _published_edition() -> sa.ColumnElement[bool]:
    return (ResourceEdition.resource_id == Resource.id) & (ResourceEdition.number == Resource.published_number)
