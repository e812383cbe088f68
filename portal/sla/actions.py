"""A clock on a record that waits for us: started, paused while we wait for the partner, met or missed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.events import publish
from portal.extensions import db
from portal.scope import all_partners
from portal.sla import business_time, queries, rules
from portal.sla.business_time import working_minutes
from portal.sla.events import ClockBreached
from portal.sla.models import SlaClock
from portal.sla.rules import ClockKind, ClockState


def start(kind: ClockKind, ref: str, partner_id: int, now: datetime, minutes: int | None = None) -> SlaClock:
    """Start a clock of so many working minutes; without them, of what the program promises."""
    promised = queries.promised_minutes(kind) if minutes is None else minutes
    clock = SlaClock(
        partner_id=partner_id,
        ref=ref,
        kind=kind,
        state=ClockState.RUNNING,
        promised_minutes=promised,
        started_at=now,
        due_at=business_time.due_at(queries.calendar(), now, promised),
    )
    db.session.add(clock)
    db.session.flush()
    return clock


def pause(ref: str, kind: ClockKind, now: datetime) -> SlaClock:
    """Stop counting while we wait for the partner. A promise that was missed already stays missed."""
    clock = _clock(ref, kind)
    if _breach_if_late(clock, now):
        return clock
    clock.used_minutes, clock.paused_at = _used(clock, now), now
    _move(clock, ClockState.PAUSED)
    db.session.flush()
    return clock


def resume(ref: str, kind: ClockKind, now: datetime) -> SlaClock:
    """Count on from where the clock was paused: what was left of the promise begins now."""
    clock = _clock(ref, kind)
    if clock.state is ClockState.BREACHED:
        return clock
    _move(clock, ClockState.RUNNING)
    left = max(0, clock.promised_minutes - clock.used_minutes)
    clock.due_at, clock.paused_at = business_time.due_at(queries.calendar(), now, left), None
    db.session.flush()
    return clock


def meet(ref: str, kind: ClockKind, now: datetime) -> SlaClock:
    """We answered: note after how many working minutes. What was missed stays missed, and how late it was is kept."""
    clock = _clock(ref, kind)
    clock.took_minutes, late = _used(clock, now), _breach_if_late(clock, now)
    clock.ended_at = now
    if not late:
        _move(clock, ClockState.MET)
    db.session.flush()
    return clock


def release(ref: str, kind: ClockKind, now: datetime) -> SlaClock:
    """Nothing is owed any more. A clock that ends so counts in no record; a missed one stays missed."""
    clock = _clock(ref, kind)
    if not _breach_if_late(clock, now):
        _move(clock, ClockState.MET)
        clock.ended_at = now
    db.session.flush()
    return clock


def breach(clock: SlaClock, now: datetime) -> None:
    """The promised time has passed. It counts in the record from here on, with the time it took so far."""
    _move(clock, ClockState.BREACHED)
    clock.ended_at, clock.took_minutes = now, _used(clock, now)
    db.session.flush()
    promise = rules.KIND_LABEL[clock.kind].lower()
    publish(
        ClockBreached(by=None, at=now, ref=clock.ref, partner_id=clock.partner_id, kind=clock.kind, promise=promise)
    )


_COUNTED = ("state", "due_at", "used_minutes", "paused_at", "ended_at", "took_minutes")


def kept(ref: str, kind: ClockKind) -> dict[str, Any]:
    """How the clock stands, as JSON holds it, for `put_back`."""
    clock = _clock(ref, kind)
    values = {name: getattr(clock, name) for name in _COUNTED}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def put_back(ref: str, kind: ClockKind, before: Mapping[str, Any]) -> None:
    """The record that waited was moved by mistake, and the clock counts as if it had not been. What was missed
    meanwhile stays missed."""
    clock = _clock(ref, kind)
    if clock.state is ClockState.BREACHED:
        return
    times = {name: before[name] and datetime.fromisoformat(before[name]) for name in _COUNTED if name.endswith("_at")}
    for name, value in {**before, **times, "state": ClockState(before["state"])}.items():
        setattr(clock, name, value)
    db.session.flush()


def _clock(ref: str, kind: ClockKind) -> SlaClock:
    latest = (
        sa.select(SlaClock)
        .where(SlaClock.ref == ref, SlaClock.kind == kind)
        .order_by(SlaClock.started_at.desc(), SlaClock.id.desc())
        .limit(1)
    )
    return db.session.scalars(all_partners(latest, "a clock by the reference of its record")).one()


def _move(clock: SlaClock, then: ClockState) -> None:
    rules.check_move(clock.state, then)
    clock.state = then


def _breach_if_late(clock: SlaClock, now: datetime) -> bool:
    """Whether the promise was missed, noted now where no job has noted it yet. At the very instant it is in time."""
    if clock.state is ClockState.RUNNING and clock.due_at < now:
        breach(clock, now)
    return clock.state is ClockState.BREACHED


def _used(clock: SlaClock, now: datetime) -> int:
    """Working minutes from start to now, pauses left out. Counted from the due time: what was left is not used."""
    if clock.state is ClockState.PAUSED:
        return clock.used_minutes
    calendar = queries.calendar()
    if now <= clock.due_at:
        return clock.promised_minutes - working_minutes(calendar, now, clock.due_at)
    return clock.promised_minutes + working_minutes(calendar, clock.due_at, now)
