"""What was corrected, as both show pages tell it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from portal.json_rows import instant


class Row(NamedTuple):
    at: datetime | None
    by: str
    changes: list[tuple[str, str, str]]
    """What, old, new. Empty where it was erased."""
    reads_otherwise: bool


def rows(corrections: Sequence[Mapping[str, Any]] | None) -> list[Row]:
    """Of what `corrections.queries.beside` read, the latest first."""
    return [_row(each) for each in sorted(corrections or [], key=lambda each: -each["id"])]


def _row(each: Mapping[str, Any]) -> Row:
    changes = json.loads(each["changes"]) if isinstance(each["changes"], str) else each["changes"]
    otherwise = each["outcome_before"] != each["outcome_after"]
    return Row(instant(each, "at"), each["by"], [tuple(change) for change in changes], otherwise)
