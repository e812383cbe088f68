"""A backup is of one moment, however much is written while it is made."""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Any

import sqlalchemy as sa
from flask import Flask

from portal import storage
from portal.auth.models import User
from portal.config import Settings
from portal.extensions import db
from portal.referrals.models import Referral
from portal.scope import all_partners
from tests.backup.fixtures import emptied, inside, kind_of_database, made, put_back
from tests.support import fees, sales

__all__ = ["emptied"]
WRITERS = 3


class _Writers:
    """People who refer, and files that are stored, until told to stop. A backup that reads a table waits until the
    next of them is done, so that something is written between any two tables."""

    def __init__(self, app: Flask, leads: list[User]) -> None:
        self.app, self.stop, self.wrote, self.failures = app, Event(), Event(), list[BaseException]()
        self.threads = [Thread(target=self._write, args=(lead,)) for lead in leads]

    def __enter__(self) -> None:
        for thread in self.threads:
            thread.start()
        sa.event.listen(db.engine, "before_cursor_execute", self._wait)

    def __exit__(self, *_: object) -> None:
        sa.event.remove(db.engine, "before_cursor_execute", self._wait)
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def _wait(self, _c: Any, _cursor: Any, sql: str, *_: Any) -> None:
        if sql.startswith(("SELECT json_array", "SELECT CAST(json_build_array")):
            self.wrote.clear()
            assert self.wrote.wait(30), "nobody writes"

    def _write(self, lead: User) -> None:
        with self.app.app_context():
            try:
                while not self.stop.is_set():
                    sent = sales.referral(lead)
                    storage.put(f"about {sent.ref}".encode(), "text/plain")
                    self.wrote.set()
            except BaseException as failure:
                self.failures.append(failure)
            finally:
                db.session.remove()


def _count() -> int:
    counted = sa.select(sa.func.count()).select_from(Referral)
    return db.session.execute(all_partners(counted, "a test")).scalar_one()


def test_what_is_written_meanwhile_is_in_it_whole_or_not_at_all(
    app: Flask, emptied: Callable[[str], Settings], tmp_path: Path
) -> None:
    sales.program()
    writers = _Writers(app, [fees.lead() for _ in range(WRITERS)])
    db.session.rollback()
    with writers:
        file = made(app, tmp_path / "one")
    assert writers.failures == []
    there = emptied(kind_of_database(app))
    back = put_back(there, file)
    assert back.broken == []
    at_the_end = _count()
    with inside(there):
        assert _count() < at_the_end
