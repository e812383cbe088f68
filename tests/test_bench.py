"""The bench measures: every case answers, every figure is there. What the figures are is for `make bench` to say."""

from datetime import date
from pathlib import Path

from bench import report
from bench.__main__ import run_on
from bench.databases import Databases
from bench.measuring import Pace
from bench.processes import spent_ms


def test_every_case_is_measured_against_its_floor(tmp_path: Path) -> None:
    with Databases(tmp_path) as databases:
        run = run_on(databases.at("sqlite", 1_000), 1_000, pace=Pace(rounds=1, requests=2))
    assert len(run.figures) == 20
    for each in run.figures:
        assert each.ms > 0
        assert each.floor_ms > 0
        assert bool(each.page_bytes) == bool(each.queries) == bool(each.case.page)
        assert each.row_bytes or not each.case.name.startswith("list")
        assert each.case.is_list or not each.row_bytes
    assert 10 < run.resident_mb < report.MOST_RESIDENT_MB < run.seen_mb
    assert run.lookalikes_ms > 0
    assert 0 < run.sweep_ms < report.MOST_SWEEP_MS
    assert run.door is not None
    assert run.door.sign_in_ms > run.door.argon2_ms > 1
    assert run.door.access_ms(6) > run.door.guard_ms > 0
    written = tmp_path / "results.json"
    report.write([run], date(2026, 11, 18), written)
    assert str(tmp_path) not in written.read_text()
    assert "new referral" in report.table([run])


def test_a_process_that_ended_in_between_counts_nothing() -> None:
    assert spent_ms({1: 5_000_000, 2: 9_000_000}, {1: 7_000_000, 3: 1_000_000}) == 3.0
