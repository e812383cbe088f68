"""Rows gathered by the thousand, table by table, and handed on to be written."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from portal.seeds.scale.refs import Refs

Row = Sequence[Any]
FLUSH_AT = 40_000
# Each after those that it refers to.
TABLES = (
    *("partners", "users", "role_grants", "payout_details", "agreements", "signatures", "documents", "accounts"),
    *("referrals", "protections", "deals", "sla_clocks", "statements", "payout_runs", "fee_lines", "payout_lines"),
    *("company_names", "company_keys", "transfers", "events", "deliveries"),
)
NAMED = (
    "partners",
    "users",
    "payout_details",
    "agreements",
    "referrals",
    "deals",
    "statements",
    "payout_runs",
    "fee_lines",
)
NUMBERED = (*NAMED, "accounts", "company_names")


class Batch(NamedTuple):
    """Rows of one table, or (`sql`) one statement for each of the rows, its places written as `?`."""

    table: str
    columns: tuple[str, ...]
    rows: list[Row]
    sql: str = ""


@dataclass(frozen=True)
class Found:
    """Where the tables end before anything is added."""

    last_ids: dict[str, int]
    refs: dict[str, frozenset[str]]
    accounts: dict[tuple[int | None, str, str], int]
    event_head: tuple[int, str]


class Bulk:
    def __init__(self, found: Found, hand_on: Callable[[Batch], None]) -> None:
        self.found, self._hand_on = found, hand_on
        self._rows: dict[str, list[Row]] = {table: [] for table in TABLES}
        self._columns: dict[str, tuple[str, ...]] = {}
        self._ids = dict(found.last_ids)
        self._count = 0

    def new_id(self, table: str) -> int:
        self._ids[table] += 1
        return self._ids[table]

    def refs(self, table: str, letter: str) -> Refs:
        return Refs(letter, self.found.refs[table])

    def add(self, table: str, **row: Any) -> None:
        """A row as both databases take it: times and JSON as text. Each row of a table has the same columns."""
        rows = self._rows[table]
        if not rows:
            self._columns[table] = tuple(row)
        rows.append(tuple(row.values()))
        self._count += 1

    def flush_when_full(self) -> None:
        if self._count >= FLUSH_AT:
            self.flush()

    def flush(self) -> None:
        for table, rows in self._rows.items():
            if rows:
                self._hand_on(Batch(table, self._columns[table], rows))
                self._rows[table] = []
        self._count = 0

    def change(self, sql: str, rows: Iterable[Row]) -> None:
        self.flush()
        self._hand_on(Batch("", (), list(rows), sql))
