import sqlalchemy as sa

from portal.criteria.models import CriteriaVersion
from portal.criteria.rules import Criteria
from portal.errors import Refused
from portal.extensions import db


def published() -> Criteria:
    """The newest published version. Raises Refused before there is one."""
    newest = sa.select(CriteriaVersion).where(CriteriaVersion.published_at.is_not(None))
    row = db.session.scalar(newest.order_by(CriteriaVersion.number.desc()).limit(1))
    if row is None:
        raise Refused("No criteria are published yet. Publish them first, under Settings.")
    return Criteria.from_data(row.data, row.number)
