"""What we promised for one referral, what we took, and how we keep it with others: each beside the other."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.formats import when_words
from portal.referrals.facts import Pairs, hours_words, record_words
from portal.referrals.rules import DECIDED, OWED, Status
from portal.sla.rules import KIND_LABEL, ClockKind, Record

SHOWN = (ClockKind.FIRST_ANSWER, ClockKind.DECISION, ClockKind.FIRST_CONTACT, ClockKind.PERIODIC_UPDATE)


def promised(row: Any, measured: Mapping[ClockKind, Record | None]) -> Pairs:
    """`row` has the columns of `stories.story`; `measured` the records of the last 90 days, for partners."""
    pairs: Pairs = []
    for kind, words in (
        (ClockKind.FIRST_ANSWER, _first_answer(row)),
        (ClockKind.DECISION, _decision(row)),
        (ClockKind.FIRST_CONTACT, _first_contact(row)),
        (ClockKind.PERIODIC_UPDATE, f"the next by {when_words(row.update_due_at)}" if row.update_due_at else ""),
    ):
        if words:
            pairs.append((KIND_LABEL[kind], words))
            if kept := record_words(measured.get(kind)):
                pairs.append(("Last 90 days", kept))
    return pairs


def _first_answer(row: Any) -> str:
    asked = row.decision_minutes is not None
    is_given = asked or row.status in DECIDED
    due_at = row.due_at if row.status in OWED and not asked else None
    return _words(row.promised_minutes, due_at, row.took_minutes if is_given else None)


def _decision(row: Any) -> str:
    if row.decision_minutes is None:
        return ""
    rests = ", once you have answered" if row.status is Status.NEEDS_INFO else ""
    due_at = row.due_at if row.status in OWED else None
    took = row.decision_took if row.status in DECIDED else None
    return _words(row.decision_minutes, due_at, took) + rests


def _first_contact(row: Any) -> str:
    if row.contact_minutes is None:
        return ""
    is_made = row.contacted_at is not None
    return _words(
        row.contact_minutes,
        None if is_made or row.closed_at else row.contact_due_at,
        row.contact_took if is_made else None,
    )


def _words(minutes: int, due_at: datetime | None, took: int | None) -> str:
    by = f", by {when_words(due_at)}" if due_at else ""
    given = f"; given after {hours_words(took)}" if took is not None else ""
    return f"within {hours_words(minutes)} of working time{by}{given}"
