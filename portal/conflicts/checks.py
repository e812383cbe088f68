from collections.abc import Iterator

import sqlalchemy as sa

from portal.activity.models import EventRow
from portal.conflicts.models import Conflict
from portal.conflicts.rules import ConflictState
from portal.proof import check, rows
from portal.referrals.models import Referral
from portal.referrals.rules import Status

TOLD_BY = {
    ConflictState.OPEN: "ConflictEntered",
    ConflictState.UPHELD: "ConflictUpheld",
    ConflictState.SET_ASIDE: "ConflictSetAside",
    ConflictState.SPLIT: "ConflictSplit",
    ConflictState.LAPSED: "ConflictLapsed",
    ConflictState.CLOSED: "ConflictClosed",
}


@check("A referral is in conflict exactly while one of its conflicts is open")
def in_step(connection: sa.Connection) -> Iterator[str]:
    is_open = sa.exists().where(Conflict.referral_id == Referral.id, Conflict.state == ConflictState.OPEN)
    waits = Referral.status == Status.CONFLICT
    for (ref,) in rows(connection, sa.select(Referral.ref).where(waits & ~is_open | ~waits & is_open)):
        yield f"Referral {ref} and its conflict do not say the same: one of them is open."


@check("Each state of a conflict was told as an event")
def told(connection: sa.Connection) -> Iterator[str]:
    listed = sa.select(Conflict.id, Referral.ref).join(Referral, Referral.id == Conflict.referral_id)
    for state, kind in TOLD_BY.items():
        heard = sa.exists().where(EventRow.ref == Referral.ref, EventRow.kind == kind)
        for row in rows(connection, listed.where(Conflict.state == state, ~heard)):
            yield f"A conflict of referral {row.ref} is {state}, and no {kind} says so."
