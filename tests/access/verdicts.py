"""Reads the table of who may what."""

from dataclasses import dataclass
from pathlib import Path

from tests.access.world import PEOPLE, WHOSE

TABLE = Path(__file__).with_name("verdicts.txt")


@dataclass(frozen=True)
class Line:
    method: str
    rule: str
    cells: dict[str, str]
    """By role: one letter, or one for each of WHOSE."""
    forged: str

    def expected(self, role: str, whose: str | None) -> str:
        cell = self.cells[role]
        return cell if len(cell) != len(WHOSE) or whose is None else cell[WHOSE.index(whose)]


def read() -> dict[tuple[str, str], Line]:
    lines = {}
    for text in TABLE.read_text("utf-8").splitlines():
        if not text or text.startswith("#"):
            continue
        method, rule, *cells, forged = text.split()
        assert len(cells) == len(PEOPLE), f"{method} {rule} has {len(cells)} cells, not {len(PEOPLE)}"
        assert (method, rule) not in lines, f"{method} {rule} stands there twice"
        lines[method, rule] = Line(method, rule, dict(zip(PEOPLE, cells, strict=True)), forged)
    return lines
