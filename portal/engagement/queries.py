from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.auth.holders import holders
from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.engagement.models import EngagementVersion
from portal.engagement.rules import SHIPPED, Rules
from portal.extensions import db
from portal.scope import all_partners


class Version(NamedTuple):
    """One version and the names of those who answer for it; nobody does for the one that the program begins with."""

    rules: Rules
    row: EngagementVersion | None = None
    author: str | None = None
    publisher: str | None = None

    @property
    def number(self) -> int:
        return self.rules.version

    @property
    def is_published(self) -> bool:
        return self.row is None or self.row.published_at is not None


FIRST = Version(SHIPPED)


def published() -> Rules:
    """What conflicts are ruled by today."""
    newest = sa.select(EngagementVersion).where(EngagementVersion.published_at.is_not(None))
    row = db.session.scalars(newest.order_by(EngagementVersion.number.desc()).limit(1)).one_or_none()
    return _rules(row) if row else SHIPPED


def version_in_use() -> Version:
    return next(each for each in history() if each.is_published)


def history() -> list[Version]:
    """Every version, the latest first."""
    author, publisher = aliased(User), aliased(User)
    found = (
        sa.select(EngagementVersion, author.name, publisher.name)
        .join(author, author.id == EngagementVersion.created_by_id)
        .outerjoin(publisher, publisher.id == EngagementVersion.published_by_id)
        .order_by(EngagementVersion.number.desc())
    )
    rows = db.session.execute(all_partners(found, "names of our own people"))
    return [*(Version(_rules(row), row, *names) for row, *names in rows), FIRST]


def one(number: int) -> EngagementVersion:
    found: EngagementVersion = db.one_or_404(sa.select(EngagementVersion).where(EngagementVersion.number == number))
    return found


def publishers(author_id: int) -> list[str]:
    """Names of those who may put a version of this author to use: everybody who may but them."""
    return holders(Permission.EDIT_ENGAGEMENT, but=author_id)


def _rules(row: EngagementVersion) -> Rules:
    return Rules.from_data(row.data, row.number)
