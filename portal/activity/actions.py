from datetime import datetime

from portal.activity.events import RecordExported
from portal.activity.rules import Wanted
from portal.auth.models import User
from portal.events import publish

RECORD_REF = "RECORD"


def note_export(by: User, wanted: Wanted, *, now: datetime) -> None:
    """Put on record that somebody took a copy away, and of what."""
    publish(
        RecordExported(
            by=by.id,
            at=now,
            ref=RECORD_REF,
            kinds=list(wanted.kinds),
            about_ref=wanted.ref,
            of_user_id=wanted.person[0] if wanted.person else None,
            of_partner_id=wanted.partner_id,
            since_at=wanted.since,
            until_at=wanted.until,
        )
    )
