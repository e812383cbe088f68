"""The figures as a table to read and as a file to compare: ratios, times and sizes, nothing of the machine."""

import json
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from bench.door import Door
from bench.measuring import Figures

FILE = Path(__file__).with_name("results.json")
MOST_GROWTH = 1.15
MOST_RESIDENT_MB = 85.0
MOST_ROW_BYTES = 600
MOST_LOAD_S = 180.0
MOST_BEYOND_HASH_MS = 8.0
MOST_ACCESS_MS = 0.2
MOST_LOOKALIKES_MS = 5.0
MOST_SWEEP_MS = 50.0
MOST_QUERIES = 6
"""Of a page, where none was measured."""
_LINE = "{:<11}{:>10}  {:<28}{:>9}{:>9}{:>8}{:>7}  {:<7}{:>8}{:>9}{:>8}"


@dataclass
class Run:
    """What was measured on one database of one size."""

    kind: str
    referrals: int
    load_s: float
    resident_mb: float = 0.0
    """Its own and its share of what web processes have in common: bench/servers.py says why."""
    seen_mb: float = 0.0
    """All of what is common counted to it."""
    door: Door | None = None
    lookalikes_ms: float = 0.0
    """Of database time."""
    sweep_ms: float = 0.0
    """Of a look for promises that are due, while none is."""
    figures: list[Figures] = field(default_factory=list)


@dataclass(frozen=True)
class Goal:
    what: str
    found: float
    most: float

    @property
    def is_met(self) -> bool:
        return self.found <= self.most

    @property
    def verdict(self) -> str:
        return "met" if self.is_met else "MISSED"


def goals(runs: list[Run]) -> Iterator[Goal]:
    for run in runs:
        where = f"{run.kind}, {run.referrals:,} referrals"
        for each in run.figures:
            yield Goal(f"{each.case.name} on {where}: times its floor", each.ratio, each.case.goals[run.kind])
            if each.row_bytes:
                yield Goal(f"{each.case.name} on {where}: bytes of a row", each.row_bytes, MOST_ROW_BYTES)
        yield from _memory(run, where)
        if run.door is not None:
            yield Goal(f"sign-in on {where}: ms beyond its hash", run.door.beyond_hash_ms, MOST_BEYOND_HASH_MS)
            access = run.door.access_ms(max((each.queries for each in run.figures), default=MOST_QUERIES))
            yield Goal(f"access checks on {where}: ms a page", access, MOST_ACCESS_MS)
        if run.lookalikes_ms:
            yield Goal(f"look-alikes on {where}: ms of database time", run.lookalikes_ms, MOST_LOOKALIKES_MS)
        if run.sweep_ms:
            yield Goal(f"promises on {where}: ms of a look while none is due", run.sweep_ms, MOST_SWEEP_MS)
        if run.load_s:
            yield Goal(f"loading {where}: seconds", run.load_s, MOST_LOAD_S)
    yield from _growth(runs)


def _memory(run: Run, where: str) -> Iterator[Goal]:
    if run.resident_mb:
        what = f"web process on {where}: MB resident ({run.seen_mb:.0f} with all that it shares)"
        yield Goal(what, run.resident_mb, MOST_RESIDENT_MB)


def _growth(runs: list[Run]) -> Iterator[Goal]:
    """The largest size against the smallest, on the same kind of database."""
    for kind in dict.fromkeys(run.kind for run in runs):
        sizes = sorted((run for run in runs if run.kind == kind), key=lambda run: run.referrals)
        if len(sizes) > 1:
            small, large = sizes[0], sizes[-1]
            for less, more in zip(small.figures, large.figures, strict=True):
                what = f"{more.case.name} on {kind}: {large.referrals:,} against {small.referrals:,}"
                yield Goal(what, more.ratio / less.ratio, MOST_GROWTH)


def table(runs: list[Run]) -> str:
    heads = ("database", "referrals", "what", "ms", "floor ms", "ratio", "goal", "", "queries", "page B", "row B")
    lines = [_LINE.format(*heads)]
    for run in runs:
        for each in run.figures:
            goal = Goal("", each.ratio, each.case.goals[run.kind])
            figures = (f"{each.ms:.2f}", f"{each.floor_ms:.2f}", f"{each.ratio:.2f}", f"{goal.most}", goal.verdict)
            sizes = (each.queries or "", each.page_bytes or "", each.row_bytes or "")
            lines.append(_LINE.format(run.kind, f"{run.referrals:,}", each.case.name, *figures, *sizes))
    lines += [f"{goal.verdict:<7} {goal.found:>8.2f} (at most {goal.most:g})  {goal.what}" for goal in _others(runs)]
    return "\n".join(lines)


def _others(runs: list[Run]) -> list[Goal]:
    return [goal for goal in goals(runs) if not goal.what.endswith("times its floor")]


def write(runs: list[Run], on: date, file: Path = FILE) -> None:
    file.write_text(json.dumps(as_data(runs, on), indent=1, ensure_ascii=False) + "\n")


def as_data(runs: list[Run], on: date) -> dict[str, Any]:
    return {
        "on": on.isoformat(),
        "python": platform.python_version(),
        "runs": [
            {
                "database": run.kind,
                "referrals": run.referrals,
                "load_s": round(run.load_s, 1),
                "resident_mb": round(run.resident_mb, 1),
                "seen_mb": round(run.seen_mb, 1),
                "lookalikes_ms": round(run.lookalikes_ms, 2),
                "sweep_ms": round(run.sweep_ms, 2),
                "door": asdict(run.door) if run.door is not None else None,
                "cases": [_case(each, run.kind) for each in run.figures],
            }
            for run in runs
        ],
        "missed": [f"{goal.what}: {goal.found:.2f}, at most {goal.most:g}" for goal in goals(runs) if not goal.is_met],
    }


def _case(each: Figures, kind: str) -> dict[str, Any]:
    return {
        "name": each.case.name,
        "ms": round(each.ms, 3),
        "floor_ms": round(each.floor_ms, 3),
        "ratio": round(each.ratio, 2),
        "goal": each.case.goals[kind],
        "queries": each.queries,
        "page_bytes": each.page_bytes,
        "row_bytes": each.row_bytes,
    }
