"""What happens to a partner company. Every change of state goes through `move`."""

from datetime import datetime

from portal.auth.models import User
from portal.errors import Overtaken
from portal.events import publish
from portal.extensions import db
from portal.partners import rules
from portal.partners.events import PartnerCreated, PartnerMoved
from portal.partners.models import Partner
from portal.partners.rules import PartnerState
from portal.refs import new_ref


def create(by: User | None, *, name: str, legal_name: str, country: str, address: str, now: datetime) -> Partner:
    """A company that is being taken on. It may refer once an agreement is in force."""
    partner = Partner(
        ref=new_ref("P", Partner.ref),
        name=name,
        legal_name=legal_name,
        country=country,
        address=address,
        state=PartnerState.ONBOARDING,
        state_since=now,
        created_at=now,
    )
    db.session.add(partner)
    db.session.flush()
    publish(PartnerCreated(by=by.id if by else None, at=now, ref=partner.ref, partner_id=partner.id))
    return partner


def move(
    by: User | None, partner: Partner, then: PartnerState, *, now: datetime, seen_version: int | None = None
) -> None:
    """The one way from a state to another; `by` is None where a rule moves it.

    Raises Overtaken where the actor saw an older version than there is."""
    if seen_version is not None and partner.version != seen_version:
        raise Overtaken
    before = partner.state
    rules.check_move(before, then)
    partner.state, partner.state_since = then, now
    db.session.flush()
    by_id = by.id if by else None
    publish(PartnerMoved(by=by_id, at=now, ref=partner.ref, partner_id=partner.id, now=before, then=then))


def activate(partner: Partner, *, now: datetime) -> None:
    """An agreement came into force: from now on the company may refer."""
    if partner.state is PartnerState.ONBOARDING:
        move(None, partner, PartnerState.ACTIVE, now=now)
