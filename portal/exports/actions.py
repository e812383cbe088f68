from collections.abc import Sequence
from datetime import datetime

from portal.auth.models import User
from portal.events import publish
from portal.exports.events import ListExported


def note(by: User, what: str, file_format: str, fields: Sequence[str], *, now: datetime) -> None:
    """Put on record that somebody takes a copy away, and of what."""
    publish(
        ListExported(
            by=by.id,
            at=now,
            ref=by.ref,
            partner_id=by.partner_id,
            list=what,
            format=file_format,
            by_fields=tuple(fields),
        )
    )
