from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.corrections.models import ReferralCorrection
from portal.corrections.rules import FACTS
from portal.extensions import db
from portal.json_rows import json_rows
from portal.referrals.models import Referral
from portal.scope import owned_by

_By = User.__table__.alias("corrected_by")


def moves(referral: Referral) -> int:
    """How often its website was corrected."""
    c = ReferralCorrection
    made = sa.select(c.changes).where(c.partner_id == referral.partner_id, c.referral_id == referral.id)
    found = db.session.scalars(owned_by(made, referral.partner_id))
    return sum(any(what == FACTS["website"] for what, _old, _new in changes) for changes in found)


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
