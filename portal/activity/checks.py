from collections.abc import Iterator

import sqlalchemy as sa

from portal.activity.chain import FIRST, link_hash
from portal.activity.models import EventHead, EventRow
from portal.proof import check, rows


@check("The record of events is gapless, each link holds the one before, and its head is the last")
def chain(connection: sa.Connection) -> Iterator[str]:
    seq, last = 0, FIRST
    for row in rows(connection, sa.select(EventRow.__table__).order_by(EventRow.seq)):
        seq += 1
        if row.seq != seq:
            yield f"Event {seq} is missing: the next one is {row.seq}."
            seq = row.seq
        elif row.prev != last:
            yield f"Event {row.seq} ({row.kind} of {row.ref}) does not continue the one before it."
        if row.hash != link_hash(row._asdict()):
            yield f"Event {row.seq} ({row.kind} of {row.ref}) was changed: its hash is another."
        last = row.hash
    head = connection.execute(sa.select(EventHead.seq, EventHead.hash)).one_or_none()
    if head is None:
        yield "The head of the record of events is missing."
    elif head != (seq, last):
        yield f"The record of events ends at {seq}, but its head says {head.seq}."
