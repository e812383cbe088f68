import json
from functools import lru_cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.auth.holders import holders
from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.criteria.models import CriteriaVersion
from portal.criteria.rules import Criteria
from portal.errors import Refused
from portal.extensions import Kept, db
from portal.scope import all_partners


class Version(NamedTuple):
    """One version and the names of those who answer for it; no author is the set-up."""

    row: CriteriaVersion
    author: str | None
    publisher: str | None

    @property
    def criteria(self) -> Criteria:
        return _criteria(json.dumps(self.row.data), self.row.number)


def published() -> Criteria:
    """The newest published version. Raises Refused before there is one."""
    row = _PUBLISHED.read().one_or_none()
    return published_as(*(row or (None, 0)))


def published_as(text: str | None, number: int) -> Criteria:
    """The same of its text and number, where they were read already: see `PUBLISHED`."""
    if text is None:
        raise Refused("No criteria are published yet. Publish them first, under Settings.")
    return _criteria(text, number)


def numbered(number: int) -> Criteria:
    """The version that a referral was read against, as it was then. 404 where there is none of this number."""
    return _criteria(json.dumps(one(number).data), number)


def in_use_and_waiting() -> tuple[Version | None, Version | None]:
    """The version that referrals are read against, and the draft that waits to take its place."""
    author, publisher = aliased(User), aliased(User)
    newest = sa.func.max(CriteriaVersion.number)
    wanted = sa.union(sa.select(newest), sa.select(newest).where(CriteriaVersion.published_at.is_not(None)))
    found = (
        sa.select(CriteriaVersion, author.name, publisher.name)
        .outerjoin(author, author.id == CriteriaVersion.created_by_id)
        .outerjoin(publisher, publisher.id == CriteriaVersion.published_by_id)
        .where(CriteriaVersion.number.in_(wanted))
    )
    rows = db.session.execute(all_partners(found, "names of our own people"))
    versions = {each.row.published_at is not None: each for each in (Version(*row) for row in rows)}
    return versions.get(True), versions.get(False)


def read_by() -> dict[str, int]:
    """By question of the program that is a criterion, the version that reads its answer: in use, or waiting."""
    versions = filter(None, reversed(in_use_and_waiting()))
    return {each.question: version.row.number for version in versions for each in version.criteria.own}


def one(number: int) -> CriteriaVersion:
    found: CriteriaVersion = db.one_or_404(sa.select(CriteriaVersion).where(CriteriaVersion.number == number))
    return found


def publishers(version: CriteriaVersion) -> list[str]:
    """Names of those who may put it to use: everybody who may but its author."""
    return holders(Permission.EDIT_CRITERIA, but=version.created_by_id)


_text = sa.cast(CriteriaVersion.data, sa.Text).label("text")  # as it is stored: it is taken apart once, see below
PUBLISHED = (
    sa.select(_text, CriteriaVersion.number)
    .where(CriteriaVersion.published_at.is_not(None))
    .order_by(CriteriaVersion.number.desc())
    .limit(1)
)
_PUBLISHED = Kept(PUBLISHED)


@lru_cache(maxsize=8)
def _criteria(data: str, number: int) -> Criteria:
    """Made once for each version: its vocabulary takes longer to prepare than a referral to read."""
    return Criteria.from_data(json.loads(data), number)
