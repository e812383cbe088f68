"""`portal import referrals`: the list is looked at and sent at once; its report is written beside it."""

from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.auth.rules import plain_address
from portal.errors import Refused
from portal.extensions import db
from portal.partners.models import Partner
from portal.referrals import importing
from portal.scope import all_partners, owned_by

_WHY = "whoever runs the command names the partner"


def take_in(data: bytes, name: str, report: Path, *, partner: str, by: str | None, consent: bool, now: datetime) -> str:
    """Returns what came of it, in a sentence. Raises Refused where nobody may refer, or it is no table of referrals."""
    sender = _who(partner, by)
    found = importing.look(sender, data, name, now=now)
    importing.send(sender, found, consent=consent, now=now)
    db.session.commit()
    report.write_bytes(importing.report(found, now))
    counts = f"{found.sent} sent, {found.known} known already, {found.refused} refused"
    return f"{found.rows} rows for {sender.name}: {counts}. What became of each stands in {report}."


def _who(partner: str, email: str | None) -> User:
    """The partner's person of this address, else whoever has been there longest of those who may refer."""
    called = sa.select(Partner.id).where(Partner.ref == partner)
    partner_id = db.session.scalar(all_partners(called, _WHY))
    if partner_id is None:
        raise Refused(f"There is no partner {partner}.")
    own = sa.select(User).where(User.partner_id == partner_id, User.disabled_at.is_(None)).order_by(User.id)
    if email is not None:
        own = own.where(User.email == plain_address(email))
    for user in db.session.scalars(owned_by(own.options(selectinload(User.grants)), partner_id)):
        if user.may(Permission.SUBMIT_REFERRALS):
            return user
    raise Refused(f"{email} may not refer companies for {partner}." if email else f"Nobody of {partner} may refer.")
