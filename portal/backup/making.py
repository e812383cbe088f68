"""Making a backup: what the database held at one moment, and the files that it speaks of."""

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa

from portal import storage
from portal.activity.models import EventHead
from portal.backup import age, archive, tables
from portal.backup.archive import Member
from portal.backup.contents import FILES, FORMAT, HEAD, MANIFEST, TABLES, Head, Manifest, fingerprints, program_version
from portal.config import Settings
from portal.errors import Refused
from portal.proof import one_moment

MEMBER_BYTES = 4 * 1024 * 1024


@dataclass
class Made:
    rows: int = 0
    files: int = 0
    size: int = 0
    damaged: list[str] = field(default_factory=list)
    """Stored files that are not what was stored: they are left out."""


def make(path: Path, settings: Settings, now: datetime) -> Made:
    """Write the backup, whole or not at all. Raises Refused; an existing file is never written over."""
    recipient = age.recipient(settings)
    if path.exists():
        raise Refused(f"{path} is there already.")
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with one_moment() as connection, _new(partial) as file:
            made = Made()
            archive.write(_members(connection, settings, now, made), file, recipient)
            made.size = file.tell()
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
        flush_folder(path.parent)
    except OSError as failure:
        raise Refused(f"{path} can't be written: {failure.strerror or failure}.") from failure
    finally:
        partial.unlink(missing_ok=True)
    return made


def _new(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def flush_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _members(connection: sa.Connection, settings: Settings, now: datetime, made: Made) -> Iterator[Member]:
    """Rows first: a file is stored before a row speaks of it, so every file of these rows is there by then."""
    head = Head(FORMAT, program_version(), tables.revision_of(connection), now)
    seq, last = connection.execute(sa.select(EventHead.seq, EventHead.hash)).one()
    manifest = Manifest((seq, last), fingerprints(settings.field_keys))
    for name, data in _contents(connection, head, manifest, made):
        manifest.members.append((name, sha256(data).hexdigest()))
        yield name, data
    made.rows, made.files = sum(manifest.rows.values()), manifest.files
    yield MANIFEST, manifest.to_bytes()


def _contents(connection: sa.Connection, head: Head, manifest: Manifest, made: Made) -> Iterator[Member]:
    yield HEAD, head.to_bytes()
    for table in tables.tables_of(connection):
        yield from _rows(connection, table, manifest)
    for digest in storage.stored():
        try:
            data = storage.get(digest)
        except FileNotFoundError:  # erased since it was listed
            continue
        except storage.Damaged:
            made.damaged.append(digest)
            continue
        manifest.files += 1
        yield f"{FILES}{digest[:2]}/{digest}", data


def _rows(connection: sa.Connection, table: sa.Table, manifest: Manifest) -> Iterator[Member]:
    head = tables.columns_line(table)
    lines, size, number, count = [head], 0, 1, 0
    for line in tables.lines_of(connection, table):
        lines.append(line)
        size += len(line)
        count += 1
        if size >= MEMBER_BYTES:
            yield f"{TABLES}{table.name}/{number:06}.jsonl", "\n".join(lines).encode()
            lines, size, number = [head], 0, number + 1
    manifest.rows[table.name] = count
    yield f"{TABLES}{table.name}/{number:06}.jsonl", "\n".join(lines).encode()
