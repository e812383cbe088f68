from collections.abc import Sequence
from datetime import datetime
from typing import Any

from portal.auth.models import User
from portal.extensions import db
from portal.partners.models import Partner
from portal.referrals.models import Referral
from portal.referrals.queries import visible_to
from portal.referrals.replay.rules import MOST
from portal.referrals.rules import Status

_FACTS = (
    *(Referral.id, Referral.ref, Referral.company, Referral.status, Referral.contact_title, Referral.country),
    *(Referral.public_tender, Referral.budget, Referral.decider, Referral.employees, Referral.industry),
    *(
        Referral.timing,
        Referral.more_answers,
        Referral.reading["outcome"].as_string().label("outcome"),
        Partner.name.label("partner"),
    ),
)


def read_since(user: User, since: datetime) -> tuple[Sequence[Any], bool]:
    """The facts of the newest referrals since then, and whether there are more. Of those that were erased nothing is
    left to be read."""
    wanted = (
        visible_to(user, *_FACTS)
        .join(Partner, Partner.id == Referral.partner_id)
        .where(Referral.received_at >= since, Referral.erased_at.is_(None), Referral.status != Status.DRAFT)
        .order_by(Referral.received_at.desc(), Referral.id.desc())
        .limit(MOST + 1)
    )
    rows = db.session.execute(wanted).all()
    return rows[:MOST], len(rows) > MOST


def readings(user: User, ids: Sequence[int]) -> dict[int, Any]:
    """What was read of each of these when it came."""
    if not ids:
        return {}
    wanted = visible_to(user, Referral.id, Referral.reading).where(Referral.id.in_(ids))
    return {row.id: row.reading for row in db.session.execute(wanted)}
