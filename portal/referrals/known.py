"""What a partner's person told us of a company before: nothing of others, nothing of ours."""

from portal.auth.models import User
from portal.extensions import db
from portal.referrals.models import Referral
from portal.referrals.proposals import Known
from portal.referrals.queries import visible_to

_FACTS = (Referral.ref, Referral.company.label("name"), Referral.received_at.label("at"))
_FACTS_TOO = (Referral.country, Referral.industry, Referral.employees)


def known(user: User, domain: str) -> Known | None:
    """The latest referral of this domain that the person sees."""
    if not domain:
        return None
    own = visible_to(user, *_FACTS, *_FACTS_TOO).where(Referral.domain == domain)
    found = db.session.execute(own.order_by(Referral.received_at.desc()).limit(1)).first()
    return Known(**found._mapping) if found else None
