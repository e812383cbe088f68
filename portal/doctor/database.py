"""What the database says, and what waits in it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine

from portal.attempts import SILENT_AFTER, worker_seen_at
from portal.config import Settings
from portal.database import PRAGMAS
from portal.doctor.finding import Finding, Level, bad, ok, warn
from portal.documents.models import Document
from portal.documents.rules import DocumentState
from portal.notifications.models import Delivery
from portal.notifications.rules import DeliveryState
from portal.scope import all_partners

MIGRATIONS = Path(__file__).parent.parent / "migrations"
LATE_AFTER = timedelta(minutes=10)
CLOCKS_APART = timedelta(seconds=5)


def answers(engine: Engine) -> Iterator[Finding]:
    file = engine.url.database
    if engine.dialect.name == "sqlite" and not (file and Path(file).exists()):
        yield bad("There is no database yet: portal migrate makes it.")
        return
    try:
        with engine.connect() as connection:
            yield ok(f"The database answers: {engine.dialect.name} {_release(connection)}.")
            yield safety(connection)
            yield clock(connection)
            yield schema(connection)
            yield search(connection)
    except sa.exc.DBAPIError as failure:
        yield bad(f"The database does not answer: {str(failure.orig).strip().splitlines()[0]}")


def waiting(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """Nothing where the database can't tell; `answers` says why."""
    if all(each.level is not Level.BAD for each in answers(engine)):
        with engine.connect() as connection:
            yield worker(settings, connection)


def safety(connection: Connection) -> Finding:
    """That what is acknowledged is on the disk, and that the rules in the database are in force."""
    if connection.dialect.name == "sqlite":
        asked: dict[str, object] = dict(PRAGMAS)
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}
    else:
        asked = {"fsync": "on", "full_page_writes": "on", "server_encoding": "UTF8"}
        found = {name: connection.exec_driver_sql(f"SHOW {name}").scalar() for name in asked}
        if connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "off":
            return bad("The database has synchronous_commit off: a crash loses what was confirmed.")
    wrong = [f"{name} is {found[name]}, should be {value}" for name, value in asked.items() if found[name] != value]
    return bad(f"The database is set unsafely: {'; '.join(wrong)}.") if wrong else ok("The database is set safely.")


def clock(connection: Connection) -> Finding:
    if connection.dialect.name == "sqlite":
        return ok("The database has this machine's clock.")
    theirs = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    apart = abs(datetime.now(UTC) - theirs)
    sentence = f"The clocks of this machine and of the database are {apart.total_seconds():.1f} s apart."
    return warn(sentence) if apart > CLOCKS_APART else ok(sentence)


def schema(connection: Connection) -> Finding:
    configured = Config(MIGRATIONS / "alembic.ini")
    configured.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    wanted = set(ScriptDirectory.from_config(configured).get_heads())
    found = set(MigrationContext.configure(connection).get_current_heads())
    if found != wanted:
        return bad(f"The schema is at {_names(found)}, this version needs {_names(wanted)}: portal migrate.")
    return ok(f"The schema is at {_names(found)}, as it should be.")


def search(connection: Connection) -> Finding:
    """That words inside of names can be found by an index."""
    if connection.dialect.name == "sqlite":
        return ok("Words are searched by SQLite itself.")
    if connection.exec_driver_sql("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'").scalar():
        return ok("Words are searched by pg_trgm.")
    is_there = "FROM pg_available_extensions WHERE name = 'pg_trgm'"
    may = f"SELECT has_database_privilege(current_database(), 'CREATE') {is_there}"
    if connection.exec_driver_sql(may).scalar():
        return warn("The search needs pg_trgm: portal migrate adds it.")
    return bad("The search needs pg_trgm: an owner of the database has to run CREATE EXTENSION pg_trgm.")


def worker(settings: Settings, connection: Connection) -> Finding:
    now = datetime.now(UTC)
    due = [at for at in (connection.scalar(each) for each in _oldest_due()) if at is not None]
    if due and now - min(due) > LATE_AFTER:
        return bad(f"Mail or PDFs have waited since {min(due):%Y-%m-%d %H:%M} UTC: is portal worker running?")
    if not settings.embedded:
        return ok("Nothing waits for the worker.")
    seen_at = worker_seen_at(settings.home)
    if seen_at is None:
        return warn("No worker has run here yet: portal serve starts one.")
    if now - seen_at > SILENT_AFTER:
        return warn("No worker is running: portal serve starts one.")
    return ok("The worker is running.")


def _oldest_due() -> Iterator[sa.Select[datetime]]:
    mails = sa.select(sa.func.min(Delivery.next_at)).where(Delivery.state == DeliveryState.PENDING)
    pdfs = sa.select(sa.func.min(Document.next_at)).where(Document.state == DocumentState.PENDING)
    for statement in (mails, pdfs):
        yield all_partners(statement, "the doctor asks how long work has waited")


def _names(revisions: set[str]) -> str:
    return ", ".join(sorted(revisions)) or "nothing"


def _release(connection: Connection) -> str:
    return ".".join(str(part) for part in connection.dialect.server_version_info or ())
