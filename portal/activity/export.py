"""The record as a file for a spreadsheet."""

from collections.abc import Iterable, Iterator
from io import StringIO
from zoneinfo import ZoneInfo

from defusedcsv import csv

from portal.activity.record import Line
from portal.activity.rules import MOST_EXPORTED
from portal.events import KINDS

HEAD = ("No.", "When", "Who", "What", "Kind", "Reference", "Company", "Company's reference")
BEGIN = "\ufeff"
"""By this mark a spreadsheet knows that names are written in UTF-8."""
CUT = f"Cut here: a file holds {MOST_EXPORTED:,} rows. Ask for a shorter time to have the rest."
ROWS_IN_A_PIECE = 500


def as_csv(lines: Iterable[Line], zone: ZoneInfo) -> Iterator[bytes]:
    """Pieces of the file, as the lines come."""
    buffer = StringIO(BEGIN)
    buffer.seek(0, 2)
    writer = csv.writer(buffer)
    writer.writerow(HEAD)
    count = 0
    for count, line in enumerate(lines, start=1):
        writer.writerow(_cells(line, zone))
        if count % ROWS_IN_A_PIECE == 0:
            yield _taken(buffer)
    if count >= MOST_EXPORTED:
        writer.writerow([CUT])
    yield _taken(buffer)


def _cells(line: Line, zone: ZoneInfo) -> tuple[str | int, ...]:
    entry, kind = line.entry, KINDS.get(line.entry.kind)
    at = entry.at.astimezone(zone).isoformat(sep=" ", timespec="seconds")
    what = kind.called if kind else entry.kind
    return entry.seq, at, entry.by, entry.sentence, what, entry.ref, line.company, line.company_ref


def _taken(buffer: StringIO) -> bytes:
    piece = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return piece
