"""Tables that people send up, as CSV or as a workbook."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter

from portal.errors import Refused
from portal.sheets import Line, lines_of, text_of

CALLED = {"company": ("firma",), "value": (), "on": ()}
Fill = Callable[[Any, Any], None]


def workbook(*rows: list[Any], fill: Fill = lambda book, sheet: None) -> bytes:
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"default_date_format": "dd.mm.yyyy"}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                sheet.write(number, place, value)
        fill(book, sheet)
    return data.getvalue()


def lines(data: bytes, most: int = 100) -> list[Line]:
    return list(lines_of(text_of(data), CALLED, ("company",), most))


def test_a_workbook_says_what_its_cells_hold_and_not_how_they_look() -> None:
    rows = (["Firma", "Value", "On"], ["Nordlys AS, Oslo", 12500, date(2026, 11, 23)], ["Żółw", 0.1, "23.11.2026"])
    first, second = lines(workbook(*rows))
    assert first.cells == {"company": "Nordlys AS, Oslo", "value": "12500", "on": "2026-11-23"}
    assert second.cells == {"company": "Żółw", "value": "0.1", "on": "23.11.2026"}


def test_long_numbers_times_and_yes_are_kept() -> None:
    (line,) = lines(workbook(["company", "value", "on"], [True, 491701234567890, datetime(2026, 11, 23, 4, 5)]))  # noqa: DTZ001
    assert line.cells == {"company": "yes", "value": "491701234567890", "on": "2026-11-23 04:05:00"}


def test_rows_are_counted_as_the_workbook_does_and_only_long_ones_have_more() -> None:
    found = lines(workbook([], ["company"], ["One"], [], ["Two", "", "more"]))
    assert [(line.number, line.has_more) for line in found] == [(3, False), (5, True)]


def test_the_first_sheet_that_is_shown_is_read() -> None:
    def second(book: Any, sheet: Any) -> None:
        shown = book.add_worksheet()
        shown.write(0, 0, "company")
        shown.write(1, 0, "Shown")
        sheet.hide()
        shown.activate()
        shown.set_first_sheet()

    assert [line.cells["company"] for line in lines(workbook(["company"], ["Hidden"], fill=second))] == ["Shown"]


def test_a_cell_far_away_is_refused_before_all_between_is_made() -> None:
    far = workbook(["company"], fill=lambda book, sheet: sheet.write(1_048_575, 16_383, "x"))
    with pytest.raises(Refused, match="this one reaches"):
        text_of(far)


def test_a_workbook_that_unpacks_to_more_than_it_may_is_refused() -> None:
    data = io.BytesIO(workbook(["company"]))
    with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/more.xml", b" " * 61 * 1024 * 1024)
    with pytest.raises(Refused, match="too large"):
        text_of(data.getvalue())


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04 and no more", workbook(["company"])[:900], b"\x00\x01\x02\xff\xfe\x9d" * 99]
)
def test_what_is_no_table_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(Refused):
        lines(data)


@pytest.mark.parametrize("begin", [b"%PDF-1.7\nplain", b"\x89PNG\r\n", b"{\\rtf1 words}"])
def test_another_kind_of_file_is_told_from_a_table_that_lacks_columns(begin: bytes) -> None:
    with pytest.raises(Refused, match="no table that can be read"):
        text_of(begin + b"company,website\n")


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        packed.writestr("note.xml", "<note/>")
    with pytest.raises(Refused, match="no XLSX workbook"):
        text_of(data.getvalue())


def test_text_in_other_encodings_is_read() -> None:
    assert lines("Firma;Value\nMüller GmbH;1\n".encode("cp1252"))[0].cells["company"] == "Müller GmbH"
    assert lines("\ufeffFirma\tValue\nMüller\t1\n".encode())[0].cells == {"company": "Müller", "value": "1"}


def test_more_rows_than_may_be_are_refused() -> None:
    with pytest.raises(Refused, match="at most 1 rows"):
        lines(workbook(["company"], ["One"], ["Two"]), most=1)


def renamed(place: str) -> bytes:
    """A workbook with a cell in B2 whose place is written in another way."""
    whole, data = zipfile.ZipFile(io.BytesIO(workbook(["company"], ["One", "x"]))), io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        for each in whole.namelist():
            packed.writestr(each, whole.read(each).replace(b'r="B2"', f'r="{place}"'.encode()))
    return data.getvalue()


@pytest.mark.parametrize("place", ["xfd1048576", "B0000000001048576", "B000000000000000000060001", "GS2", "ABCDEFG2"])
def test_a_place_far_away_is_found_however_it_is_written(place: str) -> None:
    with pytest.raises(Refused, match="this one reaches"):
        text_of(renamed(place))


def test_a_sheet_that_is_both_long_and_wide_is_refused() -> None:
    with pytest.raises(Refused, match="at most 3,000,000 cells"):
        text_of(renamed("GR60000"))


def test_a_workbook_that_does_not_unpack_is_refused() -> None:
    data = bytearray(workbook(["company"]))
    begin = data.find(b"xl/worksheets/sheet1.xml") + len("xl/worksheets/sheet1.xml")
    data[begin : begin + 8] = b"\xff" * 8
    with pytest.raises(Refused, match="no XLSX workbook"):
        text_of(bytes(data))


def test_half_a_character_is_none() -> None:
    assert text_of(b"+/v8-company\n+2AA-" + b" " * 200_000 + b"\xff").split()[:2] == ["company", "?"]


def test_a_text_that_many_cells_name_counts_for_each_of_them() -> None:
    """Two kilobytes that would be read as hundreds of megabytes."""
    with pytest.raises(Refused, match="too large"):
        text_of(workbook(["company"], *(["x" * 30_000] for _ in range(4_000))))
    assert len(text_of(workbook(["company"], *(["x" * 1_000] for _ in range(100))))) > 100_000
