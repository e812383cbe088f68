"""What a web process takes after it has answered everything that is measured, served as `portal serve` does."""

from collections.abc import Iterable

from bench.cases import Case
from bench.databases import Database
from bench.measuring import Pace, Side
from bench.servers import running

ROUNDS = 4
"""Each on connections of its own, so that every process has some."""


def memory_mb(database: Database, cases: Iterable[Case], pace: Pace) -> tuple[float, float]:
    """Of the largest process: its own with its share of what is common, and all that it sees."""
    with running("served", database.environ) as served:
        for case in cases:
            side = Side(served, lambda: database.pids, case.ask, case.expects)
            for _ in range(min(ROUNDS, pace.rounds)):
                side.run(pace.requests)
        return served.resident_mb, served.seen_mb
