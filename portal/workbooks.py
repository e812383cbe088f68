"""An XLSX workbook as text: the rows of its first sheet as CSV, numbers and days as they are, not as they look. Pure.

The file comes from outside: what it unpacks to, and how far its cells spread, is looked at before it is read."""

import csv
import io
import re
import zlib
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from portal.errors import Refused
from portal.later import later

if TYPE_CHECKING:
    import python_calamine
else:
    python_calamine = later("python_calamine")

BEGIN = b"PK\x03\x04"
MOST_UNPACKED = 60 * 1024 * 1024
MOST_COLUMNS = 200
MOST_ROWS = 60_000
MOST_CELLS = 3_000_000
"""Of the whole sheet, as far as it spreads: each takes room, whether anything stands in it or not."""
MOST_TEXT = 100_000_000
"""A text stands once in the file, and once for each cell that names it in what is read."""
_PART = (".xml", ".rels")
_VALUE, _TEXT = re.compile(rb"[<:]v[\s/>]"), re.compile(rb"[<:]si[\s/>]")
_PLACE = re.compile(rb"""\br\s*+=\s*+["']([A-Za-z]*+)0*+(\d*+)["']""")
_TOO_LARGE = "This workbook is too large. Send it in parts, or as CSV."
_NO_WORKBOOK = "This is no XLSX workbook that can be read. Save it as XLSX or CSV."


def is_workbook(data: bytes) -> bool:
    return data.startswith(BEGIN)


def as_csv(data: bytes) -> str:
    """The first sheet that is shown. Raises Refused for what is no XLSX workbook, or too large."""
    text = io.StringIO()
    write = csv.writer(text, lineterminator="\n").writerow
    try:
        with python_calamine.CalamineWorkbook.from_object(io.BytesIO(_plain(data))) as book:
            for row in book.get_sheet_by_index(_first_shown(book)).iter_rows():
                write(_trimmed([_cell(value) for value in row]))
    except (
        python_calamine.CalamineError,
        BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        zlib.error,
    ) as wrong:
        raise Refused(_NO_WORKBOOK, "file") from wrong
    return text.getvalue()


def _plain(data: bytes) -> bytes:
    """The workbook without compression and pictures, so that what is read is what was looked at."""
    packed, plain = ZipFile(io.BytesIO(data)), io.BytesIO()
    size = cells = longest = 0
    with ZipFile(plain, "w") as out:
        for each in packed.infolist():
            if not each.filename.endswith(_PART):
                continue
            size += each.file_size
            if size > MOST_UNPACKED:
                raise Refused(_TOO_LARGE, "file")
            part = _looked_at(packed.read(each))
            cells, longest = cells + sum(1 for _ in _VALUE.finditer(part)), max(longest, _longest_text(part))
            if cells * longest > MOST_TEXT:
                raise Refused(_TOO_LARGE, "file")
            out.writestr(each.filename, part)
    return plain.getvalue()


def _looked_at(part: bytes) -> bytes:
    """A single cell far away makes a sheet of all that lies between."""
    if b"\x00" in part:
        raise Refused(_NO_WORKBOOK, "file")
    rows = columns = 0
    for count, place in enumerate(_PLACE.finditer(part)):
        letters, number = place[1][:4], place[2][:9] or b"0"
        rows, columns = max(rows, int(number)), max(columns, _column(letters))
        if rows > MOST_ROWS or columns > MOST_COLUMNS:
            cell = f"{letters.decode()}{number.decode()}"
            raise Refused(
                f"A sheet has at most {MOST_ROWS:,} rows and {MOST_COLUMNS} columns, and this one reaches {cell}.",
                "file",
            )
        if max(count, rows * columns) > MOST_CELLS:
            raise Refused(f"A sheet has at most {MOST_CELLS:,} cells. Leave out columns, or send it in parts.", "file")
    return part


def _longest_text(part: bytes) -> int:
    """Of those that cells name, with its tags."""
    begins = (found.start() for found in _TEXT.finditer(part))
    return max((end - begin for begin, end in pairwise(chain(begins, [len(part)]))), default=0)


def _column(letters: bytes) -> int:
    number = 0
    for each in letters.upper():
        number = number * 26 + each - 64
    return number


def _first_shown(book: "python_calamine.CalamineWorkbook") -> int:
    return next((n for n, each in enumerate(book.sheets_metadata) if str(each.visible).endswith("Visible")), 0)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return format(Decimal(int(value) if value.is_integer() else repr(value)), "f")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def _trimmed(cells: Sequence[str]) -> Sequence[str]:
    """Every row of a sheet is as wide as the widest; what is empty at its end is not there."""
    last = max((place for place, cell in enumerate(cells, 1) if cell.strip()), default=0)
    return cells[:last]
