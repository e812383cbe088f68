"""A table that somebody sends up as a file: its text, its columns by whatever they are called, its cells. Pure."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from portal.errors import Refused
from portal.later import later
from portal.typed import is_seen
from portal.uploads import check_size
from portal.workbooks import as_csv, is_workbook

if TYPE_CHECKING:
    import charset_normalizer
else:
    charset_normalizer = later("charset_normalizer")

NO_TABLE = "This file is no table that can be read. Save it as XLSX or CSV."
_NO_TABLES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf", b"\xd0\xcf\x11\xe0")
"""How PDFs, pictures, texts and old workbooks begin, in which an encoding can be guessed all the same."""
MEDIA_TYPE = "text/csv"
_SAMPLE = 200_000


@dataclass(frozen=True)
class Line:
    number: int
    """As a spreadsheet counts it: the first one after the names is usually 2."""
    cells: dict[str, str]
    """By column; an empty cell is left out."""
    has_more: bool
    """It has more cells than there are columns."""


def text_of(data: bytes) -> str:
    """The text of a CSV file, in whatever encoding it was saved, or the first sheet of an XLSX workbook as CSV.

    Raises Refused for what is too large, or neither."""
    check_size("The file", len(data), "file")
    if is_workbook(data):
        return as_csv(data)
    if data.startswith(_NO_TABLES):
        raise Refused(NO_TABLE, "file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        guessed = charset_normalizer.from_bytes(data[:_SAMPLE]).best()
    if guessed is None:
        raise Refused(NO_TABLE, "file")
    text = data.decode(guessed.encoding, "replace").lstrip("\ufeff")
    return text.encode("utf-8", "replace").decode()  # UTF-7 can spell half a character


def lines_of(text: str, called: Mapping[str, Sequence[str]], needed: Sequence[str], most: int) -> Iterator[Line]:
    """The rows below the names of the columns, which stand in the first row that has anything; empty ones are passed
    over.

    Raises Refused for a file that is no table, lacks a needed column, or has more than `most` rows."""
    if "\x00" in text:
        raise Refused("This is not a CSV file.", "file")
    read = csv.reader(io.StringIO(text, newline=""), _dialect(text))
    try:
        begin, names = next((each for each in enumerate(read, 1) if any(each[1])), (1, []))
        columns = columns_of(names, called, needed)
        for number, cells in enumerate(read, begin + 1):
            if number > begin + most:
                raise Refused(f"A file has at most {most:,} rows. Send it in parts.", "file")
            if any(cell.strip() for cell in cells):
                yield Line(number, _cells(columns, cells), len(cells) > len(names))
    except csv.Error as wrong:
        raise Refused(f"This is not a CSV file: {wrong}.", "file") from wrong


def columns_of(names: Sequence[str], called: Mapping[str, Sequence[str]], needed: Sequence[str]) -> dict[str, int]:
    """Where each column stands, by its own name or one that it may be called.

    Raises Refused for names that lack a needed one, or have one twice."""
    found: dict[str, int] = {}
    for place, name in enumerate(names):
        column = column_called(name, called)
        if column in found:
            raise Refused(f"Two columns say the same: “{names[found[column]]}” and “{name}”.", "file")
        if column is not None:
            found[column] = place
    if missing := [each.replace("_", " ") for each in needed if each not in found]:
        raise Refused(f"The first row names the columns, and there is none called {' or '.join(missing)}.", "file")
    return found


def plain(name: str) -> str:
    """As it is compared: blanks, underscores and capitals make no difference."""
    return " ".join(name.strip().lstrip("\ufeff").casefold().replace("_", " ").split())


def column_called(name: str, called: Mapping[str, Sequence[str]]) -> str | None:
    """The first column that may be called so."""
    typed = plain(name)
    return next((each for each, others in called.items() if typed in (each.replace("_", " "), *others)), None)


@lru_cache(maxsize=10_000)
def day_in(cell: str, name: str) -> date:
    """The day that a cell of this column names. Raises Refused for anything else."""
    for shape in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(cell[:10], shape).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    raise Refused(f"“{cell[:40]}” ({name.replace('_', ' ')}) is no day. Write it like 2026-11-23 or 23.11.2026.")


def _dialect(text: str) -> type[csv.Dialect]:
    """Comma, semicolon or tab, whichever stands most in the first row."""
    first = text.partition("\n")[0]

    class Read(csv.excel):
        delimiter = max(",;\t", key=first.count)
        strict = True

    return Read


def _cells(columns: Mapping[str, int], cells: Sequence[str]) -> dict[str, str]:
    found = {name: cells[place].strip() for name, place in columns.items() if place < len(cells)}
    return {name: cell for name, cell in found.items() if is_seen(cell)}
