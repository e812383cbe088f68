"""`portal import deals`: the file is looked at and taken in at once; its report is written beside it."""

from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from portal import storage
from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.auth.rules import plain_address
from portal.deals import importing
from portal.errors import Refused
from portal.extensions import db
from portal.scope import all_partners

WHY = "whoever runs the command names one of our own people"


def take_in(data: bytes, name: str, report: Path, email: str | None, now: datetime) -> str:
    """Returns what came of it, in a sentence. Raises Refused where nobody may import, or it is no table of deals."""
    found = importing.look(_who(email), data, name, now=now)
    importing.take_in(_who(email), found, now=now)
    db.session.commit()
    if found.report_sha256 is not None:
        report.write_bytes(storage.get(found.report_sha256))
    counts = f"{found.added} added, {found.known} known already, {found.refused} refused"
    return f"{found.rows} rows: {counts}. What became of each stands in {report}."


def _who(email: str | None) -> User:
    """The person of this address, else whoever has been here longest of those who may."""
    ours = sa.select(User).where(User.partner_id.is_(None), User.disabled_at.is_(None)).order_by(User.id)
    if email is not None:
        ours = ours.where(User.email == plain_address(email))
    for user in db.session.scalars(all_partners(ours.options(selectinload(User.grants)), WHY)):
        if user.may(Permission.IMPORT_DEALS):
            return user
    raise Refused(f"{email or 'Nobody'} may not import deals here.".replace("Nobody may not", "Nobody may"))
