import json
from functools import lru_cache

import sqlalchemy as sa

from portal.criteria.models import CriteriaVersion
from portal.criteria.rules import Criteria
from portal.errors import Refused
from portal.extensions import db


def published() -> Criteria:
    """The newest published version. Raises Refused before there is one."""
    newest = sa.select(CriteriaVersion.data, CriteriaVersion.number).where(CriteriaVersion.published_at.is_not(None))
    row = db.session.execute(newest.order_by(CriteriaVersion.number.desc()).limit(1)).one_or_none()
    if row is None:
        raise Refused("No criteria are published yet. Publish them first, under Settings.")
    return _criteria(json.dumps(row.data), row.number)


@lru_cache(maxsize=8)
def _criteria(data: str, number: int) -> Criteria:
    """Made once for each version: its vocabulary takes longer to prepare than a referral to read."""
    return Criteria.from_data(json.loads(data), number)
