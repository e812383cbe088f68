"""Two claims to one company."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.conflicts.models import Conflict
from portal.extensions import db
from portal.referrals.models import Referral
from portal.scope import all_partners
from tests.support import sales
from tests.support.make import NOON

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ACME: dict[str, Any] = {"company": "Kallwitz Maschinenbau GmbH", "website": "kallwitz.example"}
SPELT: dict[str, Any] = {"company": "Kallwitz-Maschinenbau", "website": "www.kallwitz.example/en"}


def conflicts() -> list[Conflict]:
    latest = sa.select(Conflict).order_by(Conflict.id).execution_options(populate_existing=True)
    return list(db.session.scalars(all_partners(latest, "a test")))


def contested(two: tuple[User, User]) -> tuple[Referral, Referral]:
    """Hana's referral, and Ben's of the same company an hour later."""
    return sales.referral(two[0], **ACME), sales.referral(two[1], NOON + HOUR, **SPELT)
