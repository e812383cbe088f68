"""Events that nothing follows from: the record is all that is looked at."""

from datetime import datetime

from portal.agreements.events import AgreementDiscarded, AgreementViewed
from portal.auth.events import RolesChanged
from portal.auth.models import User
from portal.events import Event, publish
from portal.extensions import db
from portal.referrals.events import ReferralWithdrawn
from tests.support.make import NOON


def recorded(*events: Event) -> None:
    for event in events:
        publish(event)
    db.session.commit()


def withdrew(by: User, ref: str = "R-222222", at: datetime = NOON) -> Event:
    return ReferralWithdrawn(by=by.id, at=at, ref=ref, partner_id=by.partner_id)


def opened(by: User, ref: str = "A-222222", at: datetime = NOON, partner_id: int | None = None) -> Event:
    return AgreementViewed(by=by.id, at=at, ref=ref, partner_id=partner_id, agreement_id=1)


def discarded(by: User, ref: str = "A-222222", at: datetime = NOON, partner_id: int | None = None) -> Event:
    """Told to staff only."""
    return AgreementDiscarded(by=by.id, at=at, ref=ref, partner_id=partner_id, agreement_id=1)


def roles_changed(by: User, of: User, at: datetime = NOON) -> Event:
    return RolesChanged(by=by.id, at=at, ref=of.ref, partner_id=of.partner_id, user_user_id=of.id, roles="Auditor")
