"""Rows as a file for a spreadsheet, CSV as they come or XLSX. What begins like a formula is text, and stays it."""

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from defusedcsv import csv

from portal.later import later
from portal.money import exponent

if TYPE_CHECKING:
    import xlsxwriter
else:
    xlsxwriter = later("xlsxwriter")

CSV_TYPE = "text/csv"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BEGIN = "\ufeff"
"""By this mark a spreadsheet knows that names are written in UTF-8."""
ROWS_IN_A_PIECE = 500
PIECE = 64 * 1024
WIDTH = 22
_FORMULA = re.compile("^[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")
Cell = str | int | Decimal | None


def time_cell(at: datetime | None, zone: ZoneInfo) -> str:
    """ISO 8601, in the reader's zone."""
    return at.astimezone(zone).isoformat(sep=" ", timespec="seconds") if at else ""


def amount_cell(minor: int | None, currency: str) -> Decimal | None:
    """A number in the currency's own unit; the currency stands in a column of its own."""
    return None if minor is None else Decimal(minor).scaleb(-exponent(currency))


def as_csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Pieces of the file, as the rows come."""
    text = StringIO()
    text.write(BEGIN)
    writer = csv.writer(text)
    writer.writerow(head)
    for count, row in enumerate(rows, start=1):
        writer.writerow(["" if cell is None else cell for cell in row])
        if count % ROWS_IN_A_PIECE == 0:
            yield _taken(text)
    yield _taken(text)


def as_xlsx(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Pieces of the file, once it is whole: a row is kept on the disk, not in memory."""
    with tempfile.TemporaryFile() as file:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(file, options) as book:
            sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(head) - 1, WIDTH)
            sheet.write_row(0, 0, head, bold)
            for number, row in enumerate(rows, start=1):
                sheet.write_row(number, 0, [_plain(cell) for cell in row])
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _plain(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def _taken(text: StringIO) -> bytes:
    piece = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return piece
