"""kill -9 of the worker while it sends and draws: each message arrives, a repeat under the same Message-ID, and a
document that was made stays the one that was made."""

import asyncio
import time
from collections import Counter
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock, storage
from portal.attempts import PENDING
from portal.database import only_reading
from portal.documents.actions import ask_for
from portal.documents.models import Document
from portal.documents.rules import DocumentKind, DocumentState
from portal.extensions import db
from portal.notifications.actions import write_to
from portal.notifications.models import Delivery
from portal.notifications.rules import DeliveryState
from portal.scope import all_partners
from tests.crash.processes import ROUNDS, chance, kept_in, let_go, wait_until, worker_process
from tests.support import agreements, make
from tests.support.mail_server import Inbox, mail_server
from tests.support.proof import nothing_broken

MAILS, DOCUMENTS = 16, 3
"""What is new in each round; killed before three quarters of it have left, the worker is in the midst of it."""
MOMENT_S = 0.2
THINKS_S = 0.08
"""How long the mail server takes before it keeps a message, and again before it says so. Killed in the first, the
worker may not count it as sent; killed in the second, it cannot know that it was."""
PAGE = (
    '<!doctype html><html lang="en"><head><title>Agreement</title></head><body><h1>Number {}</h1>'
    + "<p>What both sides promise each other.</p>" * 150  # long enough to be caught while it is drawn
    + "</body></html>"
)


class Slow(Inbox):
    """A connection that breaks ends this wherever it stands, as in a server that is well made."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  (the library's name)
        await asyncio.sleep(THINKS_S)
        answer = str(await super().handle_DATA(server, session, envelope))
        await asyncio.sleep(THINKS_S)
        return answer


@pytest.mark.crash
def test_whatever_the_worker_had_begun_is_finished(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept_in(app, tmp_path, monkeypatch)
    make.program()
    work, axe, kind = Work(agreements.company().id), chance(), db.engine.dialect.name
    with mail_server(Slow()) as (inbox, port):
        for _ in range(ROUNDS):
            work.more()
            with worker_process(app, tmp_path, port):
                work.wait_for_the_moment(inbox, tmp_path, axe)
            work.check_what_is_said_to_be_done(inbox)
            _let_leases_end()
        with worker_process(app, tmp_path, port):
            wait_until(work.is_done)
        work.check_what_is_said_to_be_done(inbox)
    nothing_broken()
    with capsys.disabled():
        print(f"\n{kind}: {ROUNDS} kills of the worker, {work.told(inbox)}; 0 lost")


class Work:
    """What the worker is given to do, and what it said of it."""

    def __init__(self, partner_id: int) -> None:
        self.partner_id, self.numbers = partner_id, count(1)
        self.made: dict[str, str] = {}

    def more(self) -> None:
        for number in range(MAILS):
            write_to(f"ana+{number}@brightwater.example", "Received", ["We have it."], now=clock.now())
        for number in (next(self.numbers) for _ in range(DOCUMENTS)):
            ref, title, page = f"A-{number:06}", f"Agreement {number}", PAGE.format(number)
            asked: dict[str, Any] = {"partner_id": self.partner_id, "title": title, "html": page, "now": clock.now()}
            ask_for(DocumentKind.AGREEMENT, ref, **asked)
        db.session.commit()
        let_go()

    def wait_for_the_moment(self, inbox: Inbox, home: Path, axe: Random) -> None:
        """Some of it has left the worker; what is on its way now is cut off."""
        enough = _output(inbox, home) + 1 + axe.randrange((MAILS + DOCUMENTS) * 3 // 4)
        wait_until(lambda: _output(inbox, home) >= enough)
        time.sleep(axe.uniform(0, MOMENT_S))

    def is_done(self) -> bool:
        return not any(_names(kind, kind.state == PENDING) for kind in (Delivery, Document))

    def check_what_is_said_to_be_done(self, inbox: Inbox) -> None:
        """A message that counts as sent has arrived; a document that counts as made is there, and stays as it is."""
        arrived = _arrived(inbox)
        assert set(_names(Delivery, Delivery.state == DeliveryState.SENT)) <= set(arrived)
        assert set(arrived) <= set(_names(Delivery))
        made = _made()
        assert all(storage.get(sha256) for sha256 in made.values())
        assert made == made | self.made
        self.made = made
        let_go()

    def told(self, inbox: Inbox) -> str:
        arrived = _arrived(inbox)
        figures = {
            "messages written": len(_names(Delivery)),
            "of them arrived": len(arrived),
            "of those twice or more": sum(times > 1 for times in arrived.values()),
            "documents asked for": len(_names(Document)),
            "of them made": len(self.made),
            "of those begun twice or more": len(_names(Document, Document.attempts > 1)),
        }
        return ", ".join(f"{figure:,} {name}" for name, figure in figures.items())


def _output(inbox: Inbox, home: Path) -> int:
    """Messages that arrived and files that were written."""
    return len(inbox.received) + sum(1 for _ in (home / "files").glob("*/*"))


def _arrived(inbox: Inbox) -> Counter[str]:
    """How often each message came, by the name that its row has."""
    return Counter(str(message["Message-ID"]).strip("<").partition("@")[0] for message in inbox.received)


def _names(kind: type[Delivery] | type[Document], *only: sa.ColumnElement[bool]) -> set[str]:
    name = Delivery.message_id if kind is Delivery else Document.ref
    with only_reading(), db.engine.connect() as connection:
        return set(connection.scalars(all_partners(sa.select(name).where(*only), "a test")))


def _made() -> dict[str, str]:
    """The file of each document that counts as made."""
    wanted = sa.select(Document.ref, Document.sha256).where(Document.state == DocumentState.MADE)
    return {row.ref: row.sha256 for row in db.session.execute(all_partners(wanted, "a test"))}


def _let_leases_end() -> None:
    """As time does: what was begun and not finished is due again."""
    for kind in (Delivery, Document):
        begun = sa.update(kind).where(kind.state == PENDING).values(next_at=clock.now())
        db.session.execute(all_partners(begun, "a test"))
    db.session.commit()
    let_go()
