"""Putting a backup back: into an empty home, whole or not at all, and never before all of it was looked at."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pyrage.x25519 import Identity

from portal import create_app, schema, storage
from portal.activity.models import EventRow
from portal.attempts import PENDING
from portal.auth.models import AccountLink, LoginSession
from portal.auth.rules import LinkPurpose
from portal.backup import archive, tables
from portal.backup.contents import FILES, TABLES, Again, Head, Manifest, Proof, fingerprints
from portal.backup.making import flush_folder
from portal.config import Settings
from portal.database import only_reading
from portal.doctor.installation import unfinished
from portal.errors import Refused
from portal.extensions import db
from portal.formats import counted
from portal.notifications.models import Delivery
from portal.privacy import erasing, listing
from portal.proof import broken
from portal.scope import OPTION

OVERLAP = timedelta(days=1)
"""Erasures that were under way when the backup was made are carried out again too."""
_EVERYTHING = {OPTION: "a backup is put back whole"}


@dataclass(frozen=True)
class Back:
    """What is there again."""

    made_at: datetime
    rows: int
    files: int
    mails: int
    """That wait to be sent."""
    lost_keys: list[str]
    """Ids of the keys of bank and tax fields that are not here."""
    has_erasures: bool
    """Whether there is a list of whom to erase again."""
    erased: int
    broken: list[str]


def restore(settings: Settings, file: Path, identity: Identity, *, erasures: Path | None, now: datetime) -> Back:
    """Put a backup back. What stops on the way is begun again by the same call.

    Raises Refused, before anything is touched, for a backup that is not whole, not of this program, newer than it, or
    sealed for another key; and where there is data."""
    entries = _listed(settings.home / listing.FILE) + (_listed(erasures) if erasures else [])
    head, manifest = _proven(file, identity)
    if not _has_database(settings):
        _fill(settings, file, identity, head, manifest, now)
    elif not unfinished(settings).exists() or not _is_in(settings, manifest):
        raise Refused("There is a database here. A backup is put back into an empty home only.")
    again = {each.ref: each for each in entries if each.at >= head.made_at - OVERLAP}
    with _inside(settings):
        erased = erasing.apply_again(again.values(), now)
        db.session.rollback()
        mails = _count_waiting()
        found = list(broken())
    unfinished(settings).unlink()
    return Back(
        made_at=head.made_at,
        rows=sum(manifest.rows.values()),
        files=manifest.files,
        mails=mails,
        lost_keys=sorted(dict(manifest.field_keys.items() - fingerprints(settings.field_keys).items())),
        has_erasures=bool(entries),
        erased=erased,
        broken=found,
    )


def told(back: Back) -> Iterator[str]:
    """What came of it, a sentence each."""
    amount = f"{counted(back.rows, 'row')} and {counted(back.files, 'file')}"
    yield f"{amount} are back as they were on {back.made_at:%Y-%m-%d at %H:%M} UTC."
    yield "Everybody has to sign in again."
    if back.mails:
        waited = "One mail waited" if back.mails == 1 else f"{back.mails} mails waited"
        yield f"{waited} to be sent then. The worker sends what it finds, perhaps for the second time."
    if back.erased:
        yield f"Erased again: {counted(back.erased, 'person').replace('persons', 'people')}."
    elif not back.has_erasures:
        yield "No list of erasures was found: whoever was erased since is back. Give erasures.jsonl with --erasures."
    if back.lost_keys:
        names = ", ".join(back.lost_keys)
        yield f"Bank and tax fields can't be read: put their key ({names}) back into keys/fields.json or the setting."


def _listed(file: Path) -> list[listing.Entry]:
    try:
        return list(listing.read(file))
    except (OSError, ValueError, KeyError, TypeError) as failure:
        raise Refused(f"{file} is no list of erasures.") from failure


def _proven(file: Path, identity: Identity) -> tuple[Head, Manifest]:
    proof = Proof()
    _read(file, identity, proof.take)
    return proof.passed()


def _read(file: Path, identity: Identity, take: archive.Take) -> None:
    try:
        opened = file.open("rb")
    except OSError as failure:
        raise Refused(f"{file} can't be read: {failure.strerror}.") from failure
    with opened:
        archive.read(opened, identity, take)


@contextmanager
def _inside(settings: Settings) -> Iterator[None]:
    """The program on this database, which it lets go of at the end."""
    with schema.with_migrations(create_app(settings)).app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def _file(settings: Settings) -> Path | None:
    """Where the database lies, if it is one file."""
    return Path(sa.make_url(settings.database_url).database or "") if settings.embedded else None


def _has_database(settings: Settings) -> bool:
    file = _file(settings)
    if file is not None and not file.exists():
        return False
    with _reading(settings) as connection:
        return bool(sa.inspect(connection).get_table_names())


def _is_in(settings: Settings, manifest: Manifest) -> bool:
    """Whether what is there came from this backup, by a restore that stopped on its last steps."""
    seq, last = manifest.event_head
    with _reading(settings) as connection:
        return seq == 0 or connection.scalar(sa.select(EventRow.hash).where(EventRow.seq == seq)) == last


@contextmanager
def _reading(settings: Settings) -> Iterator[sa.Connection]:
    with _inside(settings), only_reading(), db.engine.connect() as connection:
        yield connection.execution_options(**_EVERYTHING)


def _fill(settings: Settings, file: Path, identity: Identity, head: Head, manifest: Manifest, now: datetime) -> None:
    """Everything in one transaction, on SQLite in a file of its own that takes its place at the end."""
    into = _file(settings)
    aside = into.with_name(f"{into.name}.restoring") if into else None
    for ending in ("", "-wal", "-shm", "-journal"):
        if aside:
            aside.with_name(aside.name + ending).unlink(missing_ok=True)
    with _inside(replace(settings, database_url=f"sqlite:///{aside}") if aside else settings):
        if not schema.knows(head.revision):
            raise Refused(f"This backup was made by version {head.program}, which is newer than this program.")
        if not unfinished(settings).exists() and next(storage.stored(), None):
            raise Refused("There are stored files here. A backup is put back into an empty home only.")
        settings.home.mkdir(parents=True, exist_ok=True)
        unfinished(settings).write_text(f"{file}\n")
        with _one_transaction() as connection:
            schema.upgrade_on(connection, head.revision)
            with tables.laid_open(connection):
                _read(file, identity, Again(manifest, _Into(connection).take).take)
            schema.upgrade_on(connection)
            _sign_everybody_out(connection, now)
    if into and aside:
        for ending in ("-wal", "-shm"):
            into.with_name(into.name + ending).unlink(missing_ok=True)
        aside.rename(into)
        flush_folder(into.parent)


@contextmanager
def _one_transaction() -> Iterator[sa.Connection]:
    with (
        db.engine.connect().execution_options(**_EVERYTHING) as connection,
        _without_foreign_keys(connection),
        connection.begin(),
    ):
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        yield connection


@contextmanager
def _without_foreign_keys(connection: sa.Connection) -> Iterator[None]:
    """SQLite looks at them when all rows are there; it takes the order outside of a transaction only."""
    if connection.dialect.name == "postgresql":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


@dataclass(frozen=True)
class _Into:
    """Puts each member where it belongs."""

    connection: sa.Connection

    def take(self, name: str, data: bytes) -> None:
        if name.startswith(TABLES):
            tables.load(self.connection, name.split("/")[1], data)
        elif name.startswith(FILES):
            storage.put(data, "application/octet-stream")


def _sign_everybody_out(connection: sa.Connection, now: datetime) -> None:
    """Whatever opened the portal when the backup was made, and was ended since, opens it no more."""
    s, link = LoginSession, AccountLink
    connection.execute(sa.update(s).where(s.ended_at.is_(None)).values(ended_at=now))
    of_use = link.used_at.is_(None), link.expires_at > now, link.purpose != LinkPurpose.INVITATION
    connection.execute(sa.update(link).where(*of_use).values(expires_at=now))


def _count_waiting() -> int:
    waiting = sa.select(sa.func.count()).select_from(Delivery).where(Delivery.state == PENDING)
    return db.session.execute(waiting, execution_options=_EVERYTHING).scalar_one()
