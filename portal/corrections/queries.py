from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.corrections.models import ReferralCorrection
from portal.json_rows import json_rows

_By = User.__table__.alias("corrected_by")


def beside(referral_id: Any) -> sa.ScalarSelect[Any]:
    """What was corrected of a referral, as a column of the statement that reads it: see `referrals.corrected.rows`."""
    c = ReferralCorrection
    columns = {name: getattr(c, name) for name in ("id", "at", "changes", "outcome_before", "outcome_after")}
    return (
        sa.select(json_rows(**columns, by=_By.c.name))
        .join(_By, _By.c.id == c.by_id)
        .where(c.referral_id == referral_id)
        .scalar_subquery()
    )
