"""From the rows of a file to deals, each read on its own: what it says, or in sentences what is wrong. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal import sheets
from portal.deals.rules import CHANNEL_LABEL, ENTERED, LABEL, LOST_LABEL, OPEN_STAGES, Channel, LostReason, Stage
from portal.errors import Refused
from portal.lookalikes.domains import domain_of
from portal.money import currency_of, parse_minor
from portal.typed import MOST_YEARS, as_line

MOST_ROWS = 20_000
# What a column may be called, besides its own name.
CALLED: dict[str, tuple[str, ...]] = {
    "external_ref": ("id", "external id", "external reference", "reference", "record id", "deal id", "kennung"),
    "company": ("account", "account name", "customer", "firma", "kunde"),
    "website": ("domain", "url", "web"),
    "channel": ("source", "lead source", "kanal", "quelle"),
    "stage": ("status", "phase"),
    "owner": ("deal owner", "owner email", "besitzer", "zuständig"),
    "value": ("amount", "deal value", "wert", "betrag"),
    "currency": ("währung",),
    "created_on": ("created", "create date", "angelegt am", "erstellt"),
    "closed_on": ("closed", "close date", "won on", "lost on", "abgeschlossen am"),
    "expected_close_on": ("expected close", "expected close date"),
    "lost_reason": ("reason", "grund", "lost because"),
    "next_step": ("nächster schritt",),
    "next_step_on": ("next step date", "next step by"),
}
_FIRST_YEAR = 1970
NEEDED = ("external_ref", "company", "channel")
_LONGEST = {"external_ref": 80, "company": 120, "next_step": 200}
_CHANNELS = {name: each for each in ENTERED for name in (str(each), CHANNEL_LABEL[each].casefold())}
_STAGES = {name: each for each in (*OPEN_STAGES, Stage.WON, Stage.LOST) for name in (str(each), LABEL[each].casefold())}
_REASONS = {name: each for each in LostReason for name in (str(each), LOST_LABEL[each].casefold())}


@dataclass
class Row:
    number: int
    """As a spreadsheet counts it: the first one after the names is 2."""
    external_ref: str = ""
    company: str = ""
    domain: str = ""
    channel: Channel = Channel.INBOUND
    stage: Stage = Stage.NEW
    owner: str = ""
    value_minor: int | None = None
    currency: str = ""
    created_on: date | None = None
    closed_on: date | None = None
    expected_close_on: date | None = None
    lost_reason: LostReason | None = None
    next_step: str = ""
    next_step_on: date | None = None
    problems: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    """What somebody should look at, and what stops nothing."""


def read(text: str, *, currency: str, today: date) -> Iterator[Row]:
    """The rows of a table as text, each with its problems. Raises Refused for a file that is no table of deals."""
    for line in sheets.lines_of(text, CALLED, NEEDED, MOST_ROWS):
        yield _row(line.number, line.cells, line.has_more, currency, today)


def _row(number: int, cells: dict[str, str], has_more: bool, currency: str, today: date) -> Row:
    row = Row(number, currency=currency)
    if has_more:
        row.problems.append("The row has more cells than there are columns.")
    for name in NEEDED:
        if name not in cells:
            row.problems.append(f"There is no {name.replace('_', ' ')}.")
    for name, cell in cells.items():
        try:
            _READ[name](row, cell)
        except Refused as refusal:
            row.problems.append(str(refusal))
    _amount(row, cells.get("value"))
    _check_days(row, today)
    _check_stage(row)
    return row


def _amount(row: Row, cell: str | None) -> None:
    """Read last, because the column of the currency may stand behind it."""
    if cell is None:
        return
    try:
        row.value_minor = parse_minor(cell, row.currency) or None
    except Refused as refusal:
        row.problems.append(str(refusal))


def _check_days(row: Row, today: date) -> None:
    for name in ("created_on", "closed_on", "expected_close_on", "next_step_on"):
        if (on := getattr(row, name)) is not None and not _FIRST_YEAR <= on.year <= today.year + MOST_YEARS:
            row.problems.append(f"{name.replace('_', ' ').capitalize()} {on}: look at the year once more.")
    for name in ("created_on", "closed_on"):
        if (on := getattr(row, name)) is not None and on > today:
            row.problems.append(f"{name.replace('_', ' ').capitalize()} {on} lies ahead.")
    if row.created_on and row.closed_on and row.closed_on < row.created_on:
        row.problems.append("It was closed before it was created.")
    if row.stage in OPEN_STAGES and row.next_step_on is not None and row.next_step_on < today:
        row.hints.append("Its next step lies behind, and becomes due within a week.")
        row.next_step_on = None


def _check_stage(row: Row) -> None:
    if row.stage is Stage.WON and not row.value_minor:
        row.problems.append("A won deal has a value: what the customer signed for.")
    if row.stage in (Stage.WON, Stage.LOST) and row.closed_on is None:
        row.problems.append("A deal that is won or lost says on which day it was closed.")
    if row.stage is Stage.LOST and row.lost_reason is None:
        row.problems.append("A lost deal says why.")


def _text(name: str) -> Callable[[Row, str], None]:
    most = _LONGEST.get(name, 254)

    def read(row: Row, cell: str) -> None:
        if len(cell) > most:
            raise Refused(f"The {name.replace('_', ' ')} is longer than {most} characters.")
        setattr(row, name, as_line(cell))

    return read


def _word(name: str, words: Mapping[str, Any]) -> Callable[[Row, str], None]:
    def read(row: Row, cell: str) -> None:
        found = words.get(cell.casefold())
        if found is None:
            offered = ", ".join(dict.fromkeys(str(each) for each in words.values()))
            raise Refused(f"“{cell[:40]}” is no {name.replace('_', ' ')}. There are: {offered}.")
        setattr(row, name, found)

    return read


def _day(name: str) -> Callable[[Row, str], None]:
    def read(row: Row, cell: str) -> None:
        setattr(row, name, sheets.day_in(cell, name))

    return read


def _website(row: Row, cell: str) -> None:
    row.domain = domain_of(cell)


def _currency(row: Row, cell: str) -> None:
    row.currency = currency_of(cell)


def _nothing(row: Row, cell: str) -> None:
    """Read elsewhere."""


_READ: dict[str, Callable[[Row, str], None]] = {
    "external_ref": _text("external_ref"),
    "company": _text("company"),
    "website": _website,
    "channel": _word("channel", _CHANNELS),
    "stage": _word("stage", _STAGES),
    "owner": _text("owner"),
    "value": _nothing,
    "currency": _currency,
    "created_on": _day("created_on"),
    "closed_on": _day("closed_on"),
    "expected_close_on": _day("expected_close_on"),
    "lost_reason": _word("lost_reason", _REASONS),
    "next_step": _text("next_step"),
    "next_step_on": _day("next_step_on"),
}
