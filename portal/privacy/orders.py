"""The same as on the pages, from the command line: everything that a mail address stands for, at once."""

import os
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from portal import attempts
from portal.auth.models import User
from portal.auth.permissions import Permission, Reach
from portal.auth.rules import plain_address
from portal.errors import Refused
from portal.extensions import db
from portal.privacy import actions, queries
from portal.privacy.erasing import erase
from portal.privacy.files import looked_at
from portal.privacy.packing import Render, package
from portal.privacy.queries import Found
from portal.privacy.rules import JobState, Reason
from portal.scope import all_partners

_WHY = "who looked at the files of a copy"


def export_person(
    email: str, file: Path, now: datetime, render: Render, *, released: Collection[str] = (), by: str = ""
) -> str:
    """Write the copy into a file that only this user of the machine can read. Returns a sentence.

    `by` is the mail address of whoever looked at the `released` files."""
    found = _found(email)
    people = [(each.subject, each.ref) for each in found]
    files = looked_at(people, released)
    if files:
        actions.record_release(_looker(by), files, now=now)
    made = package(people, now, render, released)
    db.session.commit()  # it is on record before anybody can read it
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(made)
    except OSError as failure:
        raise Refused(f"{file} can't be written: {failure.strerror}.") from failure
    return f"Everything about {email} is in {file}: {_words(found)}."


def erase_person(email: str, reason: Reason, now: datetime) -> str:
    """Erase the account and the contact of this address, with what is left in files. Returns a sentence."""
    found, done = _found(email), []
    for each in found:
        order = actions.ask_for_erasure(None, each.subject, each.ref, reason=reason, now=now)
        order.next_at = now + attempts.LEASE  # a worker that runs beside leaves it alone meanwhile
        db.session.commit()
        erase(order.id, now, at_once=True)
        finished = queries.erasure(order.ref)
        done.append(order.ref if finished.state is JobState.DONE else f"{order.ref} (the worker looks once more)")
    return f"Erased {_words(found)}: {', '.join(done)}."


def _looker(email: str) -> User:
    known = sa.select(User).where(User.email == plain_address(email), User.disabled_at.is_(None))
    user: User | None = db.session.scalar(all_partners(known.options(selectinload(User.grants)), _WHY))
    if user is None or not user.may(Permission.MANAGE_PERSONAL_DATA, Reach.ANY):
        raise Refused("Say with --by who looked at the files: the mail address of one who manages personal data.")
    return user


def _found(email: str) -> list[Found]:
    found = queries.find(email) if "@" in email else []
    if not found:
        raise Refused(f"Nothing is held of {email}.")
    return found


def _words(found: list[Found]) -> str:
    return ", ".join(f"{each.ref} ({each.about.lower()})" for each in found)
