"""Rounds of requests: in each a case and its floor, one after the other, so that a slow moment slows both."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from flask import Flask
from sqlalchemy import event

from bench.cases import Ask, Case
from bench.processes import cpu_ns, spent_ms
from bench.servers import Server
from bench.visitor import Visitor
from portal.extensions import db

WARM_UP = 20


@dataclass(frozen=True)
class Pace:
    """300 requests a case in the usual run."""

    rounds: int = 12
    requests: int = 25


@dataclass
class Figures:
    """Of one case on one database: medians over the rounds, in milliseconds of processor time per request."""

    case: Case
    ms: float
    floor_ms: float
    ratio: float
    queries: int = 0
    page_bytes: int = 0
    row_bytes: int = 0


class Wrong(RuntimeError):  # noqa: N818
    """A server answered what it must not, so there is nothing to measure."""


@dataclass(frozen=True)
class Side:
    server: Server
    database_pids: Callable[[], set[int]]
    ask: Ask
    expects: int

    def run(self, requests: int) -> float:
        """Milliseconds per request, of the server and the database together."""
        with Visitor(self.server.port) as visitor:  # a new connection each round: a server closes one that rests
            before = self._used()
            for _ in range(requests):
                answer = self.ask(visitor)
                if answer.status != self.expects:
                    raise Wrong(f"{answer.status} instead of {self.expects}: {answer.body[:300]!r}")
            return spent_ms(before, self._used()) / requests

    def _used(self) -> dict[int, int]:
        return cpu_ns(self.server.pids | self.database_pids())


def measure(case: Case, *, portal: Server, floor: Server, database_pids: Callable[[], set[int]], pace: Pace) -> Figures:
    sides = (
        Side(portal, database_pids, case.ask, case.expects),
        Side(floor, database_pids, case.floor, case.expects),
    )
    for side in sides:
        side.run(min(WARM_UP, pace.requests))
    rounds = [[side.run(pace.requests) for side in sides] for _ in range(pace.rounds)]
    return Figures(
        case=case,
        ms=median(own for own, _ in rounds),
        floor_ms=median(least for _, least in rounds),
        ratio=median(own / least for own, least in rounds),
    )


def weigh(app: Flask, figures: Figures, portal: Server) -> None:
    """The size of the page, and how many queries it takes."""
    case = figures.case
    if not case.page:
        return
    with Visitor(portal.port) as visitor:
        body = visitor.ask(case.page, case.person).body
    figures.page_bytes, figures.row_bytes = len(body), _row_bytes(body) if case.is_list else 0
    figures.queries = _queries(app, case)


def _row_bytes(body: bytes) -> int:
    """Of the list itself: what a person has not sent yet may stand in a table before it."""
    table = body.partition(b'data-behaviour="keyboard-list"')[2]
    rows = table.partition(b"<tbody>")[2].partition(b"</tbody>")[0]
    return len(rows) // max(1, rows.count(b"<tr"))


def _queries(app: Flask, case: Case) -> int:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, sql: str, *_: object) -> None:
        asked.append(sql)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            app.test_client(use_cookies=False).get(case.page, headers={"Cookie": case.person.cookie})
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
    return sum(sql.startswith(("SELECT", "WITH")) for sql in asked)
