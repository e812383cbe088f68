"""The record of events: a hash chain that ends in one locked row."""

import hashlib
import json
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event as hook
from sqlalchemy.orm import Session

from portal.activity.models import EventHead, EventRow
from portal.events import Event, marks
from portal.extensions import Kept, db
from portal.rows_at_once import FEW, add_many
from portal.scope import all_partners

FIRST = "0" * 64
"""What the first link continues."""
# Built once, and of the tables: they run with every change, and nothing of them is kept as an object.
_HEAD = Kept(sa.select(EventHead.seq, EventHead.hash).with_for_update())
_EVENTS: Any = EventRow.__table__
_ROWS = Kept(sa.insert(_EVENTS))
_THE_HEAD: Any = EventHead.__table__
_NEW_HEAD = Kept(sa.update(_THE_HEAD).values(seq=sa.bindparam("new_seq"), hash=sa.bindparam("new_hash")))
_ROW_AND_HEAD = Kept(
    all_partners(
        sa.insert(_EVENTS).add_cte(
            sa.update(_THE_HEAD).values(seq=sa.bindparam("new_seq"), hash=sa.bindparam("new_hash")).cte("new_head")
        ),
        "the record is everybody's",
    )
)
"""Both at once, as PostgreSQL can."""
_OF_THE_ROW = frozenset(field.name for field in fields(Event))


def link_hash(row: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON of a row without its own hash."""
    linked = {
        name: row[name] for name in ("seq", "at", "kind", "by_id", "partner_id", "audience", "ref", "body", "prev")
    }
    return hashlib.sha256(canonical(linked).encode()).hexdigest()


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()  # as it comes back from the database
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"an event holds {type(value).__name__}")


def body_of(event: Event) -> dict[str, Any]:
    own = {field.name: getattr(event, field.name) for field in fields(event) if field.name not in _OF_THE_ROW}
    return json.loads(canonical(own))  # type: ignore[no-any-return]


@hook.listens_for(Session, "before_commit")
def _append(session: Session) -> None:
    """Last in the transaction: the head taken first deadlocks on PostgreSQL."""
    events: list[Event] = session.info.pop("events", [])
    if not events:
        return
    seq, prev = tuple(_HEAD.read().one())
    rows = []
    for event in events:
        seq += 1
        row: dict[str, Any] = {
            "seq": seq,
            "at": event.at,
            "kind": type(event).__name__,
            "by_id": event.by,
            "partner_id": event.partner_id,
            "audience": event.audience,
            "ref": event.ref,
            "body": body_of(event) | marks(),
            "prev": prev,
        }
        row["hash"] = prev = link_hash(row)
        rows.append(row)
    _write(rows, {"new_seq": seq, "new_hash": prev})


def _write(rows: list[dict[str, Any]], head: dict[str, Any]) -> None:
    if len(rows) == 1 and db.session.get_bind().dialect.name == "postgresql":
        _ROW_AND_HEAD.write(rows[0] | head)
        return
    if len(rows) > FEW:
        add_many(EventRow, rows, named=False)
    else:
        _ROWS.write(rows)
    _NEW_HEAD.write(head)


@hook.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("events", None)
