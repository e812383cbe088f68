from collections.abc import Iterator

import sqlalchemy as sa

from portal.activity.models import EventRow
from portal.proof import check, rows
from portal.sla.models import SlaClock
from portal.sla.rules import ClockState


@check("A missed promise is on record")
def breaches(connection: sa.Connection) -> Iterator[str]:
    told = sa.exists().where(EventRow.ref == SlaClock.ref, EventRow.kind == "ClockBreached")
    silent = sa.select(SlaClock.ref, SlaClock.kind).where(SlaClock.state == ClockState.BREACHED, ~told)
    for row in rows(connection, silent):
        yield f"The clock of {row.ref} ({row.kind}) is missed, and no event says so."


@check("A clock that ended says when, and one that rests says since when")
def states(connection: sa.Connection) -> Iterator[str]:
    ended = SlaClock.state.in_((ClockState.MET, ClockState.BREACHED))
    rests = SlaClock.state == ClockState.PAUSED
    met = SlaClock.state == ClockState.MET
    wrong = (
        (ended != SlaClock.ended_at.is_not(None))
        | (rests & SlaClock.paused_at.is_(None))
        | (met & SlaClock.settled_at.is_(None))
        | (~ended & SlaClock.settled_at.is_not(None))
        | ((SlaClock.state != ClockState.RUNNING) & SlaClock.warn_at.is_not(None))
    )
    for row in rows(connection, sa.select(SlaClock.ref, SlaClock.kind, SlaClock.state).where(wrong)):
        yield f"The clock of {row.ref} ({row.kind}) is {row.state}, and its times say otherwise."
