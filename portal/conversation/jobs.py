"""The mailbox that answers come into is read each minute, each mail in a transaction of its own."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.attempts import LEASE, WAITS
from portal.conversation import fetching, receiving, rules
from portal.conversation.models import Mailbox
from portal.extensions import db, insert_into

EVERY = timedelta(minutes=1)
MAILS_MOST = 50
"""How many are taken at a time; the rest follows at once."""


def due(now: datetime, limit: int) -> list[tuple[int, int]]:
    if not fetching.mailbox() or limit < 1:
        return []
    row = db.session.execute(sa.select(Mailbox.attempts, Mailbox.next_at)).one_or_none()
    if row is None:
        return [(1, 0)]
    return [(1, row.attempts)] if row.next_at <= now else []


def attempt(box_id: int, number: int, now: datetime) -> None:
    """Read what came since the last time. No transaction is open while the server answers."""
    row = _claim(box_id, number, now)
    if row is None:
        return
    try:
        with fetching.opened(fetching.mailbox()) as box:
            is_all = _read(box, row, now)
    except OSError as failure:
        wait = WAITS[min(row.failures, len(WAITS) - 4)]
        said = (str(failure) or type(failure).__name__)[:500]
        _note(number, error=said, failures=row.failures + 1, next_at=now + wait)
    else:
        _note(number, error="", failures=0, looked_at=now, next_at=now + EVERY if is_all else now)


def _read(box: fetching.Box, row: Any, now: datetime) -> bool:
    """Whether everything was taken. Where the server numbers its mails anew, all are looked at again: what came before
    is known by its Message-ID."""
    last_uid = row.last_uid if row.uid_validity == box.validity else 0
    uids = box.uids_after(last_uid)
    for uid in uids[:MAILS_MOST]:
        if box.size(uid) > rules.MAIL_BYTES_MOST:
            receiving.too_large("", f"Mail {uid} of the mailbox", now=now)
        elif raw := box.mail(uid):
            receiving.receive(raw, now=now)
        db.session.execute(sa.update(Mailbox).values(last_uid=uid, uid_validity=box.validity))
        db.session.commit()
        box.mark_seen(uid)
    return len(uids) <= MAILS_MOST


def _claim(box_id: int, number: int, now: datetime) -> Any:
    """The row as it stood, or None where another process has taken this turn."""
    first = insert_into(Mailbox).values(id=box_id, next_at=now, attempts=0, uid_validity=0, last_uid=0)
    db.session.execute(first.values(error="", failures=0).on_conflict_do_nothing())
    mine = sa.update(Mailbox).where(Mailbox.id == box_id, Mailbox.attempts == number)
    taken = mine.values(attempts=number + 1, next_at=now + LEASE)
    columns = (Mailbox.last_uid, Mailbox.uid_validity, Mailbox.failures)
    row = db.session.execute(taken.returning(*columns)).one_or_none()
    db.session.commit()
    return row


def _note(number: int, **values: Any) -> None:
    db.session.execute(sa.update(Mailbox).where(Mailbox.attempts == number + 1).values(**values))
    db.session.commit()
