"""Many people written down as lines of name, mail address and roles: typed, pasted from a sheet, or from a CSV file."""

import csv
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from portal.addresses import is_address
from portal.auth.rules import ROLE_LABEL, Role, plain_address, role_words

MOST_ROWS = 100
MOST_NAME, MOST_ADDRESS = 120, 254
_BETWEEN_ROLES = re.compile(r"\s*(?:[+/&|]|\band\b)\s*")
_HEADS = frozenset({"name", "mail", "e-mail", "email", "address", "mail address", "email address"})


@dataclass(frozen=True)
class Row:
    """One line, as it was typed and as it was read. What is in the way of it is said in `trouble`."""

    number: int
    text: str
    name: str = ""
    email: str = ""
    roles: frozenset[Role] = frozenset()
    trouble: str = ""

    @property
    def role_words(self) -> str:
        return role_words(self.roles)


def read(text: str, offered: Collection[Role]) -> list[Row]:
    """The lines that say something, one more than may be sent at once at the most. The second line with an address is
    not read.

    Columns are parted by tabs, semicolons or commas; the address is found wherever it stands, the name comes before the
    roles. A first line of headings is passed over."""
    rows: list[Row] = []
    seen: set[str] = set()
    for number, cells in _cells(text):
        row = _row(number, cells, offered)
        if row.email in seen and not row.trouble:
            row = _with_trouble(row, "This address stands in the list already.")
        seen.add(row.email)
        rows.append(row)
        if len(rows) > MOST_ROWS:
            break
    return rows


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip(" \t,;")]
    for at, (number, line) in enumerate(lines):
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=_delimiter(line)), [])]
        if at > 0 or not _HEADS & {cell.lower() for cell in cells}:
            yield number, cells


def _delimiter(line: str) -> str:
    return next((each for each in "\t;" if each in line), ",")


def _row(number: int, cells: list[str], offered: Collection[Role]) -> Row:
    text = ", ".join(cells)
    emails = [cell for cell in cells if "@" in cell]
    name, *rest = [cell for cell in cells if cell not in emails] or [""]
    said = [cell for cell in rest if cell]
    roles, strange = _roles(said, offered)
    row = Row(number, text, name, plain_address(emails[0]) if emails else "", roles)
    return _with_trouble(row, _trouble(row, said, strange))


def _trouble(row: Row, said: list[str], strange: str) -> str:
    if not row.email or not is_address(row.email):
        return "There is no mail address in this line." if not row.email else f"{row.email} is not a mail address."
    if not row.name:
        return "There is no name in this line."
    if len(row.name) > MOST_NAME or len(row.email) > MOST_ADDRESS:
        return f"A name has up to {MOST_NAME} characters, an address up to {MOST_ADDRESS}."
    if strange:
        return f"“{strange[:40]}” is not a role here."
    return "" if said else "There is no role in this line."


def _roles(said: list[str], offered: Collection[Role]) -> tuple[frozenset[Role], str]:
    """The roles that these cells name, and the first word in them that is none."""
    known = {word: role for role in offered for word in _words_for(role)}
    words = [word for cell in said for word in _BETWEEN_ROLES.split(cell.lower()) if word]
    strange = next((word for word in words if word not in known), "")
    return frozenset(known[word] for word in words if word in known), strange


def _words_for(role: Role) -> tuple[str, ...]:
    label = ROLE_LABEL[role].lower()
    return label, str(role), label.removeprefix("partner ")


def _with_trouble(row: Row, trouble: str) -> Row:
    return Row(row.number, row.text, row.name, row.email, row.roles, trouble)
