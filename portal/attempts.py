"""Rows that stand for work outside the database: one attempt each, tried again at a time in the row, never a sleep."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from portal.extensions import db
from portal.scope import all_partners

GIVE_UP_AFTER = timedelta(hours=72)
LEASE = timedelta(minutes=3)
"""How long an attempt may take: a row whose worker died meanwhile is due again after it."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
PENDING, DEAD = "pending", "dead"
HEARTBEAT = "worker.seen"
"""A file in PORTAL_HOME that the worker touches every few seconds."""
SILENT_AFTER = timedelta(minutes=3)


class Attempted:
    """Columns of such a row, beside a `state` that is pending, a word for done, or dead."""

    created_at: Mapped[datetime]
    next_at: Mapped[datetime]
    give_up_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(sa.String(500), default="")


def asked(now: datetime) -> dict[str, Any]:
    """What a row holds that is asked for now: due at once, given up after three days."""
    return {"created_at": now, "next_at": now, "give_up_at": now + GIVE_UP_AFTER}


def again(now: datetime) -> dict[str, Any]:
    """What a row is set to when a person asks for another round of attempts."""
    return {"state": PENDING, "next_at": now, "give_up_at": now + GIVE_UP_AFTER, "error": ""}


def worker_seen_at(home: Path) -> datetime | None:
    """When the worker of this machine last gave a sign of life; None where none ever ran here."""
    try:
        return datetime.fromtimestamp((home / HEARTBEAT).stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


def is_silent(seen_at: datetime | None, waits_since: datetime | None, now: datetime) -> bool:
    """A worker on this machine gives signs of life; of one elsewhere only what it leaves lying tells."""
    if seen_at is not None and now - seen_at <= SILENT_AFTER:
        return False
    return seen_at is not None or (waits_since is not None and now - waits_since > SILENT_AFTER)


def due(kind: type[Any], now: datetime, limit: int) -> list[tuple[int, int]]:
    """Rows whose time has come, each with the number of attempts so far: together they name the next attempt."""
    waiting = sa.select(kind.id, kind.attempts).where(kind.state == PENDING, kind.next_at <= now)
    found = db.session.execute(all_partners(waiting.order_by(kind.next_at).limit(limit), "work that is due"))
    return [(row.id, row.attempts) for row in found]


def claim(
    kind: type[Any],
    row_id: int,
    attempts: int,
    now: datetime,
    *columns: sa.ColumnElement[Any] | InstrumentedAttribute[Any],
) -> sa.Row[Any] | None:
    """Take this attempt and commit, or None where somebody else has: then there is nothing to do."""
    values = {"attempts": attempts + 1, "next_at": now + LEASE, "error": "An attempt was begun and not finished."}
    claimed = db.session.execute(_this_attempt(kind, row_id, attempts).values(values).returning(*columns)).one_or_none()
    db.session.commit()
    return claimed


def succeed(kind: type[Any], row_id: int, attempts: int, **values: Any) -> None:
    """Record what came of the attempt that was claimed with this number, and commit."""
    db.session.execute(_this_attempt(kind, row_id, attempts + 1).values(**values, error=""))
    db.session.commit()


def fail(kind: type[Any], row_id: int, attempts: int, now: datetime, error: str) -> None:
    """Set the time of the next attempt, or give the row up, and commit."""
    found = sa.select(kind.give_up_at).where(kind.id == row_id)
    until = db.session.execute(all_partners(found, "when to give the row up")).scalar_one()
    at = next_try(attempts=attempts + 1, now=now, give_up_at=until, seed=f"{kind.__tablename__}/{row_id}")
    values = {"state": DEAD} if at is None else {"next_at": at}
    db.session.execute(_this_attempt(kind, row_id, attempts + 1).values(**values, error=error[:500]))
    db.session.commit()


def next_try(*, attempts: int, now: datetime, give_up_at: datetime, seed: str) -> datetime | None:
    """The time of the next attempt after this many failed ones, or None where that would be too late.

    The wait grows, and is up to a tenth shorter or longer by the seed: what failed together returns apart."""
    wait = WAITS[min(attempts, len(WAITS)) - 1]
    spread = sha256(f"{seed}/{attempts}".encode()).digest()[0] / 255 * 0.2 + 0.9
    at = now + wait * spread
    return at if at <= give_up_at else None


def _this_attempt(kind: type[Any], row_id: int, attempts: int) -> sa.Update:
    update = sa.update(kind).where(kind.id == row_id, kind.attempts == attempts, kind.state == PENDING)
    return all_partners(update.execution_options(synchronize_session=False), "work that is due")
