"""Why deals were lost, by month and channel: kept as a copy, whatever code writes a deal, so that a year of them is
read in a few rows however many there are."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapper

from portal.deals.models import Deal, LossTotal
from portal.deals.rules import Channel, LostReason, Stage
from portal.extensions import Kept, insert_into
from portal.months import months_after

MONTHS_BACK = 12
"""Before the month that runs."""
_COUNTS = ("stage", "closed_at", "lost_reason", "channel")


class Key(NamedTuple):
    month: date
    reason: LostReason
    channel: Channel


def key_of(deal: Mapping[str, Any]) -> Key | None:
    """Where a deal is counted; nowhere unless it is lost."""
    if deal["stage"] is not Stage.LOST or deal["closed_at"] is None or deal["lost_reason"] is None:
        return None
    return Key(_month_of(deal["closed_at"]), deal["lost_reason"], deal["channel"])


def add(connection: sa.Connection, changes: Iterable[tuple[Key | None, int]]) -> None:
    """Added in the database, so that of two who lose deals at once neither is missed; in one order, so that they wait
    for each other in turn."""
    numbers: Counter[Key] = Counter()
    for key, change in changes:
        if key is not None:
            numbers[key] += change
    for key, change in sorted(numbers.items()):
        if change:
            kept = insert_into(LossTotal).values(**key._asdict(), number=change)
            more = {"number": LossTotal.number + change}
            connection.execute(kept.on_conflict_do_update(index_elements=sa.inspect(LossTotal).primary_key, set_=more))


@event.listens_for(Deal, "after_insert")
def _count_in(_mapper: Mapper[Any], connection: sa.Connection, deal: Deal) -> None:
    add(connection, [(key_of(_values(deal)), 1)])


@event.listens_for(Deal, "after_update")
def _count_anew(_mapper: Mapper[Any], connection: sa.Connection, deal: Deal) -> None:
    now, state = _values(deal), sa.inspect(deal)
    gone = {name: state.attrs[name].history.deleted for name in _COUNTS}
    before = now | {name: values[0] for name, values in gone.items() if values}
    add(connection, [(key_of(before), -1), (key_of(now), 1)])


def _values(deal: Deal) -> dict[str, Any]:
    return {name: getattr(deal, name) for name in _COUNTS}


def _month_of(at: datetime) -> date:
    return at.astimezone(UTC).date().replace(day=1)


def first_month(now: datetime) -> date:
    """From when on they are shown: twelve months, and the one that runs."""
    return months_after(_month_of(now), -MONTHS_BACK)


_BY_REASON = Kept(
    sa.select(LossTotal.reason, LossTotal.channel, sa.func.sum(LossTotal.number).label("found"))
    .where(LossTotal.month >= sa.bindparam("since", type_=sa.Date()))
    .group_by(LossTotal.reason, LossTotal.channel)
)


def by_reason(since: date) -> Sequence[Any]:
    """Deals lost in this month and after it: reason, channel, found. All of them, as whoever may see deals sees all."""
    return [row for row in _BY_REASON.read({"since": since}) if row.found]
