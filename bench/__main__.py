import argparse
import tempfile
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

from bench import report
from bench.cases import cases
from bench.databases import KINDS, Database, Databases, program
from bench.door import measure_door
from bench.lookalikes import database_ms
from bench.measuring import Pace, measure, weigh
from bench.memory import memory_mb
from bench.report import Run
from bench.servers import running
from bench.sweep import sweep_ms
from portal.extensions import db

SIZES = (10_000, 1_000_000)


def main() -> None:
    given = _arguments()
    folder = nullcontext(given.keep) if given.keep else tempfile.TemporaryDirectory(prefix="bench-")
    runs = []
    with folder as place, Databases(Path(place)) as databases:
        for kind in given.databases:
            for size in given.sizes:
                run = run_on(databases.at(kind, size), size, pace=Pace(), only=given.only)
                print(report.table([run]), end="\n\n", flush=True)
                runs.append(run)
    print(report.table(runs))
    if not given.only and given.sizes == SIZES and given.databases == KINDS:
        report.write(runs, datetime.now(UTC).date())


def run_on(database: Database, size: int, *, pace: Pace, only: str = "") -> Run:
    """All cases whose name begins so, one after the other, on one database."""
    with program(database, size) as (app, load_s):
        run = Run(database.kind, size, load_s)
        if "lookalikes".startswith(only):
            run.lookalikes_ms = database_ms(size)
        if "sweep".startswith(only):
            run.sweep_ms = sweep_ms()
        measured = [case for case in cases(app) if case.name.startswith(only)]
        db.session.remove()  # nothing of ours holds the database while servers work on it
        with running("portal", database.environ) as portal, running("floor", database.floor_environ) as floor:
            for case in measured:
                figures = measure(case, portal=portal, floor=floor, database_pids=lambda: database.pids, pace=pace)
                weigh(app, figures, portal)
                run.figures.append(figures)
            if "door".startswith(only):
                run.door = measure_door(app, portal, lambda: database.pids, pace)
        db.session.remove()
        if measured:
            run.resident_mb, run.seen_mb = memory_mb(database, measured, pace)
    return run


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="Measure pages against the floor.")
    parser.add_argument("--sizes", type=_sizes, default=SIZES, help="referrals, as 10000,1000000")
    parser.add_argument(
        "--databases", type=lambda text: tuple(text.split(",")), default=KINDS, help="sqlite,postgresql"
    )
    parser.add_argument(
        "--only",
        default="",
        help="cases whose name begins so: list, referral, new, lookalikes, sweep, door; nothing is written",
    )
    parser.add_argument("--keep", type=Path, help="keep the loaded databases in this folder, and use those in it")
    return parser.parse_args()


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(int(size) for size in text.split(","))


if __name__ == "__main__":
    main()
