"""A clock on a record that waits for us: started, paused while we wait for the partner, met or missed."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from portal.events import publish
from portal.extensions import db
from portal.rows import add_rows
from portal.sla import business_time, queries, rules
from portal.sla.business_time import Calendar, working_minutes
from portal.sla.events import ClockBreached, ClockNearlyDue
from portal.sla.models import SlaClock
from portal.sla.rules import ClockKind, ClockState


def start(kind: ClockKind, ref: str, partner_id: int, now: datetime, minutes: int | None = None) -> SlaClock:
    """Start a clock of what the program promises, or of the working minutes of an agreement that promises it faster."""
    calendar, promised = _promised(kind, minutes)
    clock = SlaClock(
        partner_id=partner_id,
        ref=ref,
        kind=kind,
        state=ClockState.RUNNING,
        promised_minutes=promised,
        started_at=now,
        due_at=business_time.due_at(calendar, now, promised),
        warn_at=_warn_at(calendar, now, promised, 0),
    )
    db.session.add(clock)
    db.session.flush()
    return clock


def start_each(
    kind: ClockKind,
    refs: Sequence[str],
    partner_id: int,
    now: datetime,
    minutes: int | None = None,
    usual: tuple[int, Calendar] | None = None,
) -> datetime:
    """The same for many records that wait since the same moment, of what is promised as a rule, where that was read
    already. Returns when they are due."""
    calendar, promised = _promised(kind, minutes, usual)
    due_at = business_time.due_at(calendar, now, promised)
    values = {
        "partner_id": partner_id,
        "kind": kind,
        "state": ClockState.RUNNING,
        "promised_minutes": promised,
        "started_at": now,
        "due_at": due_at,
        "warn_at": _warn_at(calendar, now, promised, 0),
    }
    add_rows(SlaClock, [values | {"ref": ref} for ref in refs])
    return due_at


def _promised(kind: ClockKind, minutes: int | None, usual: tuple[int, Calendar] | None = None) -> tuple[Calendar, int]:
    promised, calendar = usual or queries.promised(kind)
    return calendar, promised if minutes is None else min(minutes, promised)


def pause(ref: str, kind: ClockKind, now: datetime) -> SlaClock:
    """Stop counting while we wait for the partner. A promise that was missed already stays missed."""
    clock = _clock(ref, kind)
    if _breach_if_late(clock, now):
        return clock
    clock.used_minutes, clock.paused_at, clock.warn_at = _used(clock, now), now, None
    _move(clock, ClockState.PAUSED)
    db.session.flush()
    return clock


def resume(ref: str, kind: ClockKind, now: datetime) -> SlaClock:
    """Count on from where the clock was paused: what was left of the promise begins now."""
    clock = _clock(ref, kind)
    if clock.state is ClockState.BREACHED:
        return clock
    _move(clock, ClockState.RUNNING)
    calendar, left = queries.calendar(), clock.promised_minutes - clock.used_minutes
    clock.due_at, clock.paused_at = business_time.due_at(calendar, now, left), None
    clock.warn_at = _warn_at(calendar, now, clock.promised_minutes, clock.used_minutes)
    db.session.flush()
    return clock


def meet(ref: str, kind: ClockKind, now: datetime) -> SlaClock:
    """We answered: note after how many working minutes. What was missed stays missed, and how late it was is kept."""
    clock = _clock(ref, kind)
    clock.took_minutes, late = _used(clock, now), _breach_if_late(clock, now)
    _settle(clock, now)
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
    clock.settled_at, clock.warn_at = now, None
    db.session.flush()
    return clock


def breach(clock: SlaClock, now: datetime) -> None:
    """The promised time has passed. It counts in the record from here on, with the time it took so far."""
    _move(clock, ClockState.BREACHED)
    clock.ended_at, clock.took_minutes, clock.warn_at = now, _used(clock, now), None
    db.session.flush()
    publish(ClockBreached(**_facts(clock, now)))


def warn(clock: SlaClock, now: datetime) -> None:
    """Three quarters of the promised time have passed: whoever owes the answer is told, once."""
    clock.warn_at = None
    db.session.flush()
    publish(ClockNearlyDue(**_facts(clock, now), due_at=clock.due_at))


def again(kind: ClockKind, ref: str, partner_id: int, now: datetime) -> SlaClock:
    """What is owed time and again came just now, and is owed anew from here on. Returns the clock that runs now."""
    before = queries.latest(ref, (kind,))
    if before is None or before.started_at < now:
        if before is not None and before.is_open:
            meet(ref, kind, now)
        return start(kind, ref, partner_id, now)
    return before if before.is_open else start(kind, ref, partner_id, before.started_at + timedelta(microseconds=1))


def late_by(clock: SlaClock) -> timedelta:
    """By how much the answer came after the promised time; nothing while it has not come."""
    if clock.state is not ClockState.BREACHED or clock.settled_at is None:
        return timedelta()
    return clock.settled_at - clock.due_at


_COUNTED = ("state", "due_at", "used_minutes", "paused_at", "ended_at", "took_minutes", "warn_at", "settled_at")


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
    for name in _COUNTED:
        value = before.get(name)
        setattr(clock, name, datetime.fromisoformat(value) if name.endswith("_at") and value else value)
    clock.state = ClockState(before["state"])
    db.session.flush()


def _clock(ref: str, kind: ClockKind) -> SlaClock:
    clock = queries.latest(ref, (kind,))
    if clock is None:
        raise LookupError(f"{ref} has no clock of its {kind}")
    return clock


def _settle(clock: SlaClock, now: datetime) -> None:
    clock.ended_at = clock.settled_at = now
    clock.warn_at = None


def _warn_at(calendar: Calendar, now: datetime, promised: int, used: int) -> datetime | None:
    """When whoever owes the answer is reminded; None where that time has passed, or there is none to speak of."""
    left = promised * rules.WARN_PERCENT // 100 - used
    return business_time.due_at(calendar, now, left) if left > 0 else None


def _facts(clock: SlaClock, now: datetime) -> dict[str, Any]:
    promise = rules.KIND_LABEL[clock.kind].lower()
    return {
        "by": None,
        "at": now,
        "ref": clock.ref,
        "partner_id": clock.partner_id,
        "kind": clock.kind,
        "promise": promise,
    }


def _move(clock: SlaClock, then: ClockState) -> None:
    rules.check_move(clock.state, then)
    clock.state = then


def _breach_if_late(clock: SlaClock, now: datetime) -> bool:
    """Whether the promise was missed, noted now where no job has noted it yet. At the very instant it is in time."""
    if clock.state is ClockState.RUNNING and clock.due_at < now:
        breach(clock, now)
    return clock.state is ClockState.BREACHED


def _used(clock: SlaClock, now: datetime) -> int:
    """Working minutes from start to now, pauses left out. Counted from the due time: what was left is not used. Where
    the calendar was changed meanwhile, it is never less than none."""
    if clock.state is ClockState.PAUSED:
        return clock.used_minutes
    calendar = queries.calendar()
    if now <= clock.due_at:
        return max(0, clock.promised_minutes - working_minutes(calendar, now, clock.due_at))
    return clock.promised_minutes + working_minutes(calendar, clock.due_at, now)
