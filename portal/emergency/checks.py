from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa

from portal.auth.models import RoleGrant
from portal.emergency.models import EmergencyGrant
from portal.emergency.rules import MOST_HOURS
from portal.proof import check, rows


@check("Emergency access runs for as long as was confirmed, and never for longer than a day")
def hours(connection: sa.Connection) -> Iterator[str]:
    columns = (EmergencyGrant.ref, EmergencyGrant.hours, EmergencyGrant.confirmed_at, EmergencyGrant.ends_at)
    for row in rows(connection, sa.select(*columns).where(EmergencyGrant.confirmed_at.is_not(None))):
        if row.ends_at - row.confirmed_at != timedelta(hours=row.hours) or row.hours > MOST_HOURS:
            yield f"Emergency access {row.ref} was confirmed for {row.hours} hours, but ends at another hour."


@check("A role is lent exactly while its emergency access has not ended")
def lent(connection: sa.Connection) -> Iterator[str]:
    held = sa.exists().where(RoleGrant.emergency_ref == EmergencyGrant.ref)
    runs = EmergencyGrant.confirmed_at.is_not(None) & EmergencyGrant.ended_at.is_(None)
    for ref, has in rows(connection, sa.select(EmergencyGrant.ref, held).where(runs != held)):
        yield f"Emergency access {ref} {'has ended, but its role is held still' if has else 'runs, but lends no role'}."
