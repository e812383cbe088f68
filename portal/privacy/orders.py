"""The same as on the pages, from the command line: everything that a mail address stands for, at once."""

import os
from datetime import datetime
from pathlib import Path

from portal import attempts
from portal.errors import Refused
from portal.extensions import db
from portal.privacy import actions, queries
from portal.privacy.erasing import erase
from portal.privacy.packing import Render, package
from portal.privacy.queries import Found
from portal.privacy.rules import JobState, Reason


def export_person(email: str, file: Path, now: datetime, render: Render) -> str:
    """Write the copy into a file that only this user of the machine can read. Returns a sentence."""
    found = _found(email)
    made = package([(each.subject, each.ref) for each in found], now, render)
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


def _found(email: str) -> list[Found]:
    found = queries.find(email) if "@" in email else []
    if not found:
        raise Refused(f"Nothing is held of {email}.")
    return found


def _words(found: list[Found]) -> str:
    return ", ".join(f"{each.ref} ({each.about.lower()})" for each in found)
