"""What a job title leads to, by its seniority and function. The default is that of the program itself; a version of the
criteria may say otherwise, cell by cell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from portal.criteria.titles import Function, Seniority
from portal.errors import Refused


class Outcome(StrEnum):
    QUALIFIES = "qualifies"
    VALIDATE = "validate"
    ASK = "ask"
    DECLINE = "decline"


EASE = {Outcome.DECLINE: 0, Outcome.ASK: 1, Outcome.VALIDATE: 2, Outcome.QUALIFIES: 3}
"""From the far end to the near one: a larger place is easier for the partner."""


class Cell(StrEnum):
    QUALIFIES = "qualifies"
    IF_NAMED = "if_named"
    """A person looks at it; with the budget or the decider named it qualifies."""
    VALIDATE = "validate"
    ASK = "ask"
    DECLINE = "decline"


CELL_LABEL: dict[Cell, str] = {
    Cell.QUALIFIES: "Qualifies at once",
    Cell.IF_NAMED: "A person looks at it; qualifies at once with the budget or the decider named",
    Cell.VALIDATE: "A person looks at it",
    Cell.ASK: "We ask who decides",
    Cell.DECLINE: "Too far from the decision",
}
CELL_CHOICE: dict[Cell, str] = CELL_LABEL | {Cell.IF_NAMED: "A person looks, or budget named", Cell.DECLINE: "Decline"}
"""The same, short enough for a list to choose from."""
COLUMNS = (Function.BUYING, Function.ADJACENT, Function.OTHER)
"""A function that the title does not name is read as another one."""

Row = tuple[Cell, Cell, Cell]
_LEADS = (Seniority.OWNER, Seniority.C_LEVEL, Seniority.VP, Seniority.DIRECTOR, Seniority.HEAD)
_DEFAULT: dict[Seniority, Row] = {
    **dict.fromkeys(_LEADS, (Cell.QUALIFIES, Cell.VALIDATE, Cell.VALIDATE)),
    Seniority.MANAGER: (Cell.IF_NAMED, Cell.VALIDATE, Cell.ASK),
    **dict.fromkeys((Seniority.SENIOR, Seniority.STAFF), (Cell.VALIDATE, Cell.ASK, Cell.DECLINE)),
    **dict.fromkeys((Seniority.ASSISTANT, Seniority.INTERN), (Cell.ASK, Cell.ASK, Cell.DECLINE)),
    Seniority.UNKNOWN: (Cell.ASK, Cell.ASK, Cell.ASK),
}


@dataclass(frozen=True)
class Matrix:
    rows: Mapping[Seniority, Row] = field(hash=False)

    def cell(self, level: Seniority, function: Function) -> Cell:
        place = COLUMNS.index(function) if function in COLUMNS else len(COLUMNS) - 1
        return self.rows[level][place]

    def nearest(self) -> list[tuple[Seniority, Function]]:
        """The lowest two levels that qualify at once, in the function where any does."""
        for function in COLUMNS:
            found = [level for level in Seniority if self.cell(level, function) is Cell.QUALIFIES]
            if found:
                return [(level, function) for level in reversed(found[-2:])]
        return []

    def to_data(self) -> dict[str, list[str]]:
        return {str(level): [str(cell) for cell in row] for level, row in self.rows.items()}

    @classmethod
    def from_data(cls, data: Mapping[str, Any] | None) -> "Matrix":
        """Versions from before there was a choice say nothing of it: they mean the default."""
        if data is None:
            return DEFAULT
        rows = {Seniority(level): tuple(Cell(cell) for cell in row) for level, row in data.items()}
        if set(rows) != set(Seniority) or any(len(row) != len(COLUMNS) for row in rows.values()):
            raise Refused("Each level says what follows in each function.", "matrix")
        return cls({level: (row[0], row[1], row[2]) for level, row in rows.items()})


DEFAULT = Matrix(_DEFAULT)


def outcome_of(cell: Cell, *, is_named: bool) -> Outcome:
    """What follows, where the budget or the decider is named and where neither is."""
    if cell is Cell.IF_NAMED:
        return Outcome.QUALIFIES if is_named else Outcome.VALIDATE
    return Outcome(cell)
