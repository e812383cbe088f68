"""A person whose words stand wherever the inventory says that something of a person can stand, and a search for them
in every byte that the portal keeps."""

import email
import json
from collections.abc import Iterator
from datetime import timedelta
from email import policy
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.config import Settings
from portal.extensions import Base, UTCDateTime, db
from portal.privacy.inventory import COLUMNS, FREE_TEXT
from portal.privacy.rules import Kind
from portal.scope import all_partners

NAME = "Zyxwvä Quillfeather"
EMAIL = "zyxwva.quillfeather@canary.example"
PHONE = "+49 151 2345 6789"
WORDS = ("Quillfeather", "zyxwva.quill", "2345 6789")
"""Any of them is a trace: the last name is in the address, too."""


def fill(table: str, where: sa.ColumnElement[bool], kinds: set[Kind]) -> None:
    """Write the person into each column of these classes of the rows."""
    names = [name for kind in kinds for name in COLUMNS[table].get(kind, "").split()]
    write(table, names, where)


def write(table: str, names: list[str], where: sa.ColumnElement[bool]) -> None:
    columns = Base.metadata.tables[table].c
    values = {name: words_for(columns[name]) for name in names if name not in KEPT}
    changed = sa.update(Base.metadata.tables[table]).where(where).values(values)
    db.session.execute(all_partners(changed, "a test"))
    db.session.commit()


# What the program reads back has to be what it wrote; the person stands in it all the same.
KEPT = frozenset({"notes", "reading", "before", "asked_before", "lines", "state", "terms", "data", "body"})


_serial = count(1)


def words_for(column: sa.Column[Any]) -> Any:
    """The person, in as many words as there is room for; another each time where it may stand there once only."""
    if isinstance(column.type, sa.JSON):
        return [NAME, EMAIL]
    said = f"{NAME}, {EMAIL}{f' {next(_serial)}' if column.unique else ''}"
    length = getattr(column.type, "length", None)
    return said if length is None or length >= len(said) else f"{NAME} {next(_serial)}"[:length]


def sign_in_rows(user_id: int) -> int:
    """A row of this person in every table of sign-in traces, with their words in each text."""
    made = 0
    for table in Base.metadata.sorted_tables:
        if Kind.SIGN_IN in COLUMNS.get(table.name, {}):
            for _ in range(2 if table.name == "account_links" else 1):
                db.session.execute(sa.insert(table).values(_row(table, user_id)))
            made += 1
    db.session.commit()
    return made


def _row(table: sa.Table, user_id: int) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column in table.c:
        if column.name == "id" or (column.nullable and not column.foreign_keys):
            continue
        if column.name == "email":
            row[column.name] = EMAIL
        elif column.foreign_keys:
            row[column.name] = _led_to(column, user_id)
        else:
            row[column.name] = _value(column)
    return {name: value for name, value in row.items() if value is not None}


def _led_to(column: sa.Column[Any], user_id: int) -> Any:
    """The user, or a row that is there already; a second one where two columns lead to the same table."""
    (key,) = list(column.foreign_keys)[:1]
    if key.column.table.name == "users":
        return user_id if column.name == "user_id" else None
    if column.nullable:
        return None
    rows = db.session.scalars(all_partners(sa.select(key.column).order_by(key.column.desc()), "a test")).all()
    return rows[1 if column.name.startswith("new") else 0]


def _value(column: sa.Column[Any]) -> Any:
    if isinstance(column.type, sa.Enum):
        return next(iter(column.type.enum_class or column.type.enums))
    if isinstance(column.type, UTCDateTime):
        return clock.now() + timedelta(days=1)
    if isinstance(column.type, sa.Boolean):
        return False
    if isinstance(column.type, sa.Integer):
        return 1
    if column.name == "state":
        return "dead"
    return words_for(column)


def traces(settings: Settings, *folders: Path) -> list[str]:
    """Where the person's words stand in the database, its files, the stored files and the mails."""
    found = [*_in_rows(), *(trace for folder in (settings.home, *folders) for trace in _in_files(folder))]
    if db.engine.dialect.name == "postgresql":
        found += _in_files(_heap())
    return found


def _in_rows() -> Iterator[str]:
    """Every value of every row: what a dump says."""
    db.session.rollback()
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(all_partners(sa.select(table), "a test")):
            for name, value in row._mapping.items():
                if _is_named(str(value).encode()) or _is_named(json.dumps(value, default=str).encode()):
                    yield f"{table.name}.{name}"
    db.session.rollback()


def _in_files(folder: Path) -> Iterator[str]:
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            held = file.read_bytes()
            if file.suffix == ".eml":
                held += _read(held)
            if _is_named(held) or _is_named(file.name.encode()):
                yield file.relative_to(folder).as_posix()


def _read(message: bytes) -> bytes:
    parsed = email.message_from_bytes(message, policy=policy.default)
    parts = (part.get_payload(decode=True) for part in parsed.walk())
    return b"\n".join(part for part in parts if isinstance(part, bytes))


def _is_named(held: bytes) -> bool:
    lower = held.lower()
    return any(word.lower().encode() in lower for word in WORDS)


def _heap() -> Path:
    """The files of this database on the embedded server."""
    with db.engine.connect() as connection:
        connection.exec_driver_sql("CHECKPOINT")
        folder = connection.exec_driver_sql("SHOW data_directory").scalar_one()
        number = connection.exec_driver_sql(
            "SELECT oid FROM pg_database WHERE datname = current_database()"
        ).scalar_one()
    return Path(folder) / "base" / str(number)


def free_texts() -> list[tuple[str, list[str]]]:
    return [(table, names.split()) for table, names in FREE_TEXT.items()]
