"""Processes and what they used, read from /proc."""

from collections.abc import Iterable
from pathlib import Path

PROC = Path("/proc")


def tree(pid: int) -> set[int]:
    """The process and all that it started, as far as they still run."""
    parents = dict(_parents())
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def cpu_ns(pids: Iterable[int]) -> dict[int, int]:
    """Nanoseconds that each process has spent on a processor, its threads together."""
    return {pid: used for pid in pids if (used := _of_threads(pid))}


def spent_ms(before: dict[int, int], after: dict[int, int]) -> float:
    """Between two readings. A process that began in between counts whole, one that ended not at all."""
    return sum(used - before.get(pid, 0) for pid, used in after.items()) / 1e6


def memory_mb(pid: int, which: str) -> float:
    """In memory: `Rss` is all that it sees, `Pss` what is its own and its share of what others have too."""
    for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
        if line.startswith(f"{which}:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _parents() -> Iterable[tuple[int, int]]:
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            yield int(folder.name), int(stat.rpartition(")")[2].split()[1])


def _of_threads(pid: int) -> int:
    try:
        return sum(int(each.read_text().split()[0]) for each in (PROC / str(pid)).glob("task/*/schedstat"))
    except (FileNotFoundError, ProcessLookupError):
        return 0
