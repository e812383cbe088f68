"""The job process: what leaves the program, or takes long, is a row first; here each row's next attempt is made.

Each second it looks for rows whose time has come and starts one durable workflow per attempt. A row is claimed
before anything happens, so any number of these processes may run."""

import argparse
import logging
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from threading import Event

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID
from flask import Flask

from portal import clock, create_app, mail
from portal.attempts import HEARTBEAT, LEASE
from portal.auth import jobs as link_requests
from portal.config import Settings, load_settings
from portal.conflicts import jobs as conflicts
from portal.conversation import jobs as mailbox
from portal.database import set_only_reads
from portal.deals import jobs as deals
from portal.doctor.installation import restored, unfinished
from portal.documents import jobs as documents
from portal.emergency import jobs as emergencies
from portal.errors import Refused
from portal.notifications import digests
from portal.notifications import jobs as deliveries
from portal.prechecks import jobs as prechecks
from portal.privacy import jobs as privacy
from portal.protections import jobs as protections
from portal.referrals import jobs as referrals
from portal.sla import jobs as clocks
from portal.tasks import jobs as tasks
from portal.unsent import jobs as unsent

log = logging.getLogger("portal.worker")

LOOK_EVERY_S = 1.0
PICK_UP_EVERY_S = 0.5
BEAT_EVERY = timedelta(seconds=5)
CLEAN_EVERY = timedelta(hours=1)
KEEP_FINISHED = timedelta(days=1)
MOST_AT_A_TIME = 100
FINISH_WITHIN_S = 1


class Lane(StrEnum):
    """Attempts of one lane wait for each other: what takes long, or waits for others, holds up nothing else. Each lane
    is a queue that is asked for work all day, so there are few."""

    SHORT = "short"
    DOCUMENTS = "documents"
    DELIVERIES = "deliveries"
    MAILBOX = "mailbox"
    PERSONAL_DATA = "personal-data"


AT_ONCE = {Lane.DELIVERIES: 4}
"""How many attempts this process makes at the same time in a lane, where it is more than one."""


@dataclass(frozen=True)
class Job:
    """Rows of one kind: `due` gives their ids with a number that is another for each attempt wanted."""

    name: str
    due: Callable[[datetime, int], list[tuple[int, int]]]
    attempt: Callable[[int, int, datetime], None]
    lane: Lane = Lane.SHORT


JOBS = (
    Job("documents", documents.due, documents.attempt, Lane.DOCUMENTS),
    Job("link-requests", link_requests.due, link_requests.attempt),
    Job("deliveries", deliveries.due, deliveries.attempt, Lane.DELIVERIES),
    Job("mailbox", mailbox.due, mailbox.attempt, Lane.MAILBOX),
    Job("clock-warnings", clocks.warnings_due, clocks.attempt_warning),
    Job("digests", digests.due, digests.attempt),
    Job("clocks", clocks.due, clocks.attempt),
    Job("conflicts", conflicts.due, conflicts.attempt),
    Job("holidays", clocks.holidays_due, clocks.attempt_fill),
    Job("holds", prechecks.holds_due, prechecks.end_hold),
    Job("company-checks", prechecks.checks_due, prechecks.forget_checks),
    Job("questions", referrals.due, referrals.attempt),
    Job("criteria", referrals.rules_due, referrals.attempt_rule),
    Job("protections", protections.due, protections.attempt),
    Job("emergencies", emergencies.due, emergencies.attempt),
    Job("deal-returns", deals.returns_due, deals.attempt_return),
    Job("deal-alerts", deals.alerts_due, deals.attempt_alert),
    Job("deal-handovers", deals.left_behind_due, deals.attempt_handover),
    Job("task-reminders", tasks.due, tasks.attempt),
    Job("erasures", privacy.due_erasures, privacy.attempt_erasure, Lane.PERSONAL_DATA),
    Job("exports", privacy.due_exports, privacy.attempt_export, Lane.PERSONAL_DATA),
    Job("held-files", privacy.due_held_files, privacy.forget_held_files, Lane.PERSONAL_DATA),
    Job("unsent-forms", unsent.due, unsent.attempt),
    Job("referral-lists", privacy.due_lists, privacy.forget_lists, Lane.PERSONAL_DATA),
    Job("retention", privacy.due_runs, privacy.attempt_run, Lane.PERSONAL_DATA),
)
BY_NAME = {job.name: job for job in JOBS}
Attempt = Callable[[str, int, int], None]


def run_until_idle(app: Flask, now: datetime) -> int:
    """Make every attempt that is due at `now`, in this process and thread. Returns how many that were."""
    if "mailman" not in app.extensions:
        mail.init_app(app)
    made = 0
    with app.app_context():
        while found := [(job, *each) for job in JOBS for each in job.due(now, MOST_AT_A_TIME)]:
            for job, row_id, number in found:
                job.attempt(row_id, number, now)
                made += 1
    return made


def run(app: Flask, ending: Event, beside: int | None = None) -> None:
    """Work until `ending` is set, or until the process `beside` is no longer the parent."""
    settings: Settings = app.config["SETTINGS"]
    mail.init_app(app)
    DBOS(config=_configuration(settings))
    attempt = _attempt_of(app)
    DBOS.launch()
    for lane in Lane:
        DBOS.register_queue(
            lane,
            worker_concurrency=AT_ONCE.get(lane, 1),
            polling_interval_sec=PICK_UP_EVERY_S,
            on_conflict="always_update",
        )
    log.info("The worker runs.")
    try:
        _look_until(ending, _Look(app, attempt, settings.home / HEARTBEAT), beside)
    finally:
        DBOS.destroy(workflow_completion_timeout_sec=FINISH_WITHIN_S)
        log.info("The worker has ended.")


class _Look:
    """One look for work, again and again; what it started lately is remembered, the rows say the rest."""

    def __init__(self, app: Flask, attempt: Attempt, heartbeat: Path) -> None:
        self.app, self.attempt, self.heartbeat = app, attempt, heartbeat
        self.started: set[str] = set()
        self.span = self.beat_at = self.clean_at = datetime.min.replace(tzinfo=clock.now().tzinfo)

    def __call__(self, now: datetime) -> None:
        self._start_what_is_due(now)
        if now >= self.beat_at:
            self.heartbeat.touch()
            self.beat_at = now + BEAT_EVERY
        if now >= self.clean_at:
            _forget_finished(now)
            self.clean_at = now + CLEAN_EVERY

    def _start_what_is_due(self, now: datetime) -> None:
        """A workflow's id names the attempt and a span of time: a row still due in the next span, because a process
        died on it, gets another workflow, and the claim in the row decides."""
        span = now - timedelta(seconds=now.timestamp() % LEASE.total_seconds())
        if span != self.span:
            self.span, self.started = span, set()
        with self.app.app_context():
            for job in JOBS:
                for row_id, number in job.due(now, MOST_AT_A_TIME):
                    self._start(job, row_id, number)

    def _start(self, job: Job, row_id: int, number: int) -> None:
        name = f"{job.name}/{row_id}/{number}/{self.span:%Y%m%dT%H%M%S}"
        if name in self.started:
            return
        with SetWorkflowID(name):
            DBOS.enqueue_workflow(job.lane, self.attempt, job.name, row_id, number)
        self.started.add(name)


def _look_until(ending: Event, look: _Look, beside: int | None) -> None:
    set_only_reads(True)  # in this thread; the attempts run in others
    while not ending.wait(LOOK_EVERY_S):
        if beside is not None and os.getppid() != beside:
            return
        try:
            look(clock.now())
        except sa.exc.OperationalError as failure:
            log.warning("The database does not answer: %s", failure.orig)


def _attempt_of(app: Flask) -> Attempt:
    @DBOS.step(name="attempt")
    def make(job: str, row_id: int, number: int) -> None:
        with app.app_context():
            BY_NAME[job].attempt(row_id, number, clock.now())

    @DBOS.workflow(name="attempt")
    def attempt(job: str, row_id: int, number: int) -> None:
        make(job, row_id, number)

    return attempt


def _forget_finished(now: datetime) -> None:
    before = (now - KEEP_FINISHED).isoformat()
    while old := DBOS.list_workflows(end_time=before, limit=1000, load_input=False, load_output=False):
        DBOS.delete_workflows([each.workflow_id for each in old])


def _configuration(settings: Settings) -> DBOSConfig:
    return {
        "name": "portal",
        "system_database_url": _system_database(settings),
        "dbos_system_schema": "jobs",
        "application_version": "1",
        "executor_id": settings.worker_id or socket.gethostname(),
        "serializer": DBOSPortableJSONSerializer(),
        "log_level": "WARNING",
        "sys_db_pool_size": 8,
        "max_executor_threads": 16,
    }


def _system_database(settings: Settings) -> str:
    """Beside ours: a file of its own, or a schema of its own on the same server."""
    if not settings.embedded:
        return settings.database_url
    file = settings.home / "jobs.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    return sa.URL.create("sqlite", database=str(file)).render_as_string()


def main() -> int:
    """`python -m portal.worker`: exit 0 when told to end, 1 with one clear line where it can't begin."""
    parser = argparse.ArgumentParser(prog="portal worker", description="Run one job process: it renders and sends.")
    parser.add_argument("--beside", type=int, metavar="PID", help="end when this process is no longer the parent")
    given = parser.parse_args()
    logging.basicConfig(format="%(asctime)s %(name)s: %(message)s", level=logging.INFO)
    ending = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    try:
        settings = load_settings()
        if unfinished(settings).exists():
            raise Refused(restored(settings).sentence)
        run(create_app(settings), ending, given.beside)
    except Refused as refusal:
        print(f"Error: {refusal}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
