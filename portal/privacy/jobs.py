"""Erasures, exports and the nightly run, as the worker takes them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from portal import attempts, storage
from portal.errors import Refused
from portal.events import publish
from portal.extensions import db, insert_into
from portal.pdf import Unprintable, typesetter
from portal.privacy import erasing, packing, proof_files, retention
from portal.privacy.emptying import Left, take_exports_away
from portal.privacy.events import RetentionRan
from portal.privacy.models import Erasure, PersonExport, RetentionRun
from portal.privacy.rules import EXPORT_DAYS, RUNS_AT_HOUR, JobState, months_of, next_night
from portal.privacy.sweeping import compact, delete_files, takes_long
from portal.program import Program

due_held_files = proof_files.due
due_lists = proof_files.due_lists
AT_A_TIME = 500
"""Rows that one attempt of the nightly run empties before it commits and lets others write."""
_PROGRAM_REF = "PROGRAM"


def due_erasures(now: datetime, limit: int) -> list[tuple[int, int]]:
    return attempts.due(Erasure, now, limit)


def attempt_erasure(erasure_id: int, number: int, now: datetime) -> None:
    """Empty the rows, then sweep; while a mail was on its way, once more when that has ended."""
    if attempts.claim(Erasure, erasure_id, number, now, Erasure.id) is None:
        return
    try:
        erasing.erase(erasure_id, now)
    except (OSError, DBAPIError) as failure:
        db.session.rollback()
        attempts.fail(Erasure, erasure_id, number, now, _said(failure))


def due_exports(now: datetime, limit: int) -> list[tuple[int, int]]:
    """Those to be made, and those whose time is over."""
    over = sa.select(PersonExport.id, PersonExport.attempts).where(
        PersonExport.state == JobState.DONE, PersonExport.expires_at <= now
    )
    old = [(row.id, row.attempts) for row in db.session.execute(over.limit(limit))]
    return [*attempts.due(PersonExport, now, limit), *old]


def attempt_export(export_id: int, number: int, now: datetime) -> None:
    """Make the file and keep it, or take it away once its time is over."""
    wanted = (PersonExport.subject, PersonExport.subject_ref, PersonExport.released)
    export = attempts.claim(PersonExport, export_id, number, now, *wanted)
    if export is None:
        _take_away(export_id, now)
        return
    try:
        made = packing.package([(export.subject, export.subject_ref)], now, typesetter.render, export.released)
        db.session.rollback()
        stored = storage.put(made, packing.MEDIA_TYPE)
    except (Refused, Unprintable, OSError) as failure:
        db.session.rollback()
        attempts.fail(PersonExport, export_id, number, now, _said(failure))
        return
    values = {"sha256": stored.sha256, "size": stored.size, "made_at": now}
    until = now + timedelta(days=EXPORT_DAYS)
    attempts.succeed(PersonExport, export_id, number, state=JobState.DONE, expires_at=until, **values)


def forget_held_files(_file_id: int, _number: int, now: datetime) -> None:
    """Files of forms that were not sent, once their day is over."""
    proof_files.forget_past(now)


def forget_lists(_list_id: int, _number: int, now: datetime) -> None:
    """Files of referrals in bulk, once their month is over."""
    proof_files.forget_lists(now)


def due_runs(now: datetime, limit: int) -> list[tuple[int, int]]:
    """This night's run where there was none yet, and one that was not finished.

    A night that was missed is made up for by day, but for a large database."""
    zone = db.session.scalar(sa.select(Program.time_zone))
    if zone is None:
        return []
    local = now.astimezone(ZoneInfo(zone))
    today = int(f"{local - timedelta(hours=RUNS_AT_HOUR):%Y%m%d}")
    if db.session.scalar(sa.select(RetentionRun.id).where(RetentionRun.id >= today)) is not None:
        return attempts.due(RetentionRun, now, limit)
    return [(today, 0)] if next_night(local) <= now or not takes_long(db.session.connection()) else []


def attempt_run(day: int, number: int, now: datetime) -> None:
    """Empty what is past its time, some rows and a commit at a time; at the end sweep, and note how much it was."""
    begun = insert_into(RetentionRun).values(id=day, counts={}, leftovers={}, state=JobState.PENDING, **_asked(now))
    db.session.execute(begun.on_conflict_do_nothing())
    row = attempts.claim(RetentionRun, day, number, now, RetentionRun.counts, RetentionRun.leftovers)
    if row is None:
        return
    months = months_of(db.session.scalars(sa.select(Program.retention)).one())
    left = Left.from_data(row.counts.get("erased", {}), row.leftovers)
    while retention.empty_some(months, now, left, AT_A_TIME):
        _note(day, left)
        db.session.commit()
    try:
        delete_files(left)
        if left.counts:
            compact(db.engine)
    except (OSError, DBAPIError) as failure:
        db.session.rollback()
        attempts.fail(RetentionRun, day, number, now, _said(failure))
        return
    if left.counts:
        names = ("prospects", "accounts", "sessions", "mails", "agreements", "payments")
        publish(RetentionRan(by=None, at=now, ref=_PROGRAM_REF, **{name: left.counts[name] for name in names}))
    counts = {"erased": dict(left.counts), "ahead": retention.ahead(months, now)}
    attempts.succeed(RetentionRun, day, number, state=JobState.DONE, counts=counts, leftovers={}, ended_at=now)


def _note(day: int, left: Left) -> None:
    values = {"counts": {"erased": dict(left.counts)}, "leftovers": left.to_data()}
    db.session.execute(sa.update(RetentionRun).where(RetentionRun.id == day).values(values))


def _take_away(export_id: int, now: datetime) -> None:
    is_over = (PersonExport.state == JobState.DONE) & (PersonExport.expires_at <= now)
    left = Left()
    take_exports_away((PersonExport.id == export_id) & is_over, left)
    db.session.commit()
    for sha256 in left.files:
        storage.delete(sha256)


def _asked(now: datetime) -> dict[str, object]:
    return attempts.asked(now) | {"attempts": 0, "error": ""}


def _said(failure: Exception) -> str:
    return str(failure).strip().splitlines()[0] if str(failure).strip() else type(failure).__name__
