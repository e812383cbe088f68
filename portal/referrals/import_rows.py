"""From the rows of a file to introductions, each read on its own: what it says, or in which column what is wrong."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from hashlib import sha256
from io import StringIO
from typing import Any, TypeVar

import defusedcsv.csv
from babel import Locale

from portal import sheets
from portal.addresses import is_address
from portal.countries import COUNTRIES
from portal.errors import Refused
from portal.fields import cells
from portal.fields.rules import Question
from portal.lookalikes.domains import domain_of
from portal.numbers import parse_count
from portal.referrals.introduction import Introduction
from portal.referrals.rules import INTRODUCED_LABEL, TIMING_LABEL, IntroducedHow, Timing
from portal.typed import as_line

T = TypeVar("T")
MOST_ROWS = 200
NO_CONSENT = "Without their consent we cannot contact them. Ask them first, then send the list."
# What a column may be called, besides its own name.
CALLED: dict[str, tuple[str, ...]] = {
    "company": ("company name", "account", "firma", "unternehmen"),
    "website": ("domain", "url", "web", "webseite"),
    "country": ("land",),
    "contact_name": ("contact", "name", "ansprechpartner", "kontakt"),
    "contact_title": ("job title", "title", "position", "funktion"),
    "contact_email": ("email", "e-mail", "mail", "work address"),
    "contact_phone": ("phone", "telefon"),
    "need": ("what do they need", "bedarf"),
    "timing": ("when", "wann"),
    "public_tender": ("tender", "ausschreibung"),
    "introduced_how": ("how", "introduced", "wie"),
    "introduction": ("in your words", "vorstellung"),
    "introduced_on": ("introduction date", "vorgestellt am"),
    "introduced_with": ("who took part", "teilnehmer"),
    "industry": ("branche",),
    "employees": ("people", "mitarbeiter"),
    "budget": (),
    "decider": ("who decides", "entscheider"),
}
NEEDED = (
    *("company", "website", "country", "contact_name", "contact_title", "contact_email"),
    *("need", "timing", "public_tender", "introduced_how"),
)
_OF_MORE_LINES = ("need", "introduction")
_LONGEST = {
    **{"company": 120, "website": 253, "contact_name": 120, "contact_title": 120, "contact_email": 254},
    **{"contact_phone": 40, "need": 4000, "introduction": 4000, "introduced_with": 200},
    **{"industry": 80, "budget": 120, "decider": 120},
}


def _named(labels: Mapping[Any, str]) -> dict[str, Any]:
    """By its own word, and by what the form says."""
    return {name: each for each in labels for name in (str(each).replace("_", " "), labels[each].casefold())}


_TIMINGS: dict[str, Timing] = _named(TIMING_LABEL) | {
    "jetzt": Timing.NOW,
    "dieses quartal": Timing.THIS_QUARTER,
    "dieses jahr": Timing.THIS_YEAR,
    "später": Timing.LATER,
}
_WAYS: dict[str, IntroducedHow] = _named(INTRODUCED_LABEL) | {
    **dict.fromkeys(("mail", "e-mail"), IntroducedHow.INTRO_MAIL),
    **dict.fromkeys(("call", "anruf", "telefonat"), IntroducedHow.INTRO_CALL),
    **dict.fromkeys(("met", "meeting", "treffen"), IntroducedHow.MET_IN_PERSON),
    **dict.fromkeys(("mentioned", "erwähnt"), IntroducedHow.MENTIONED_US),
    **dict.fromkeys(("anders", "sonstiges"), IntroducedHow.OTHER),
}
MOST_PEOPLE = 10_000_000


@dataclass
class Row:
    number: int
    """As a spreadsheet counts it: the first one after the names is 2."""
    cells: dict[str, str]
    """As they stand in the file."""
    domain: str = ""
    told: dict[str, Any] = field(default_factory=dict)
    introduced_on: date | None = None
    problems: list[tuple[str, str]] = field(default_factory=list)
    """Column and sentence; no column for what concerns the whole row."""
    hints: list[str] = field(default_factory=list)
    """What somebody should look at, and what stops nothing."""

    @property
    def company(self) -> str:
        return self.cells.get("company", "")[:120]

    @property
    def introduction(self) -> Introduction:
        """Of a row without problems, for a contact who agreed."""
        return Introduction(**self.told, consent=True)

    def digest(self, partner_id: int) -> str:
        """The same for the same row of the same partner, and for no other."""
        said = json.dumps([partner_id, sorted(self.cells.items())], ensure_ascii=False)
        return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def read(text: str, *, today: date, questions: Sequence[Question] = ()) -> Iterator[Row]:
    """The rows of a CSV file, each with its problems. Raises Refused for a file that is no table of referrals.

    A question that the program asks now is a column too; a list without it is still read, for it may be asked only
    since the list was made."""
    first_of: dict[str, int] = {}
    for line in sheets.lines_of(text, cells.with_columns(CALLED, questions), NEEDED, MOST_ROWS):
        row = _row(line, today, questions)
        if row.domain and (before := first_of.setdefault(row.domain, row.number)) != row.number:
            row.problems.append(("website", f"Row {before} is about the same company."))
        yield row


def heads(questions: Sequence[Question]) -> dict[str, str]:
    """By the reference of each question: what its column is called."""
    columns = cells.with_columns(CALLED, questions)
    return {each.ref: cells.head(each, columns) for each in questions}


def template(questions: Sequence[Question] = ()) -> str:
    """The names of the columns, and a row that shows what belongs there."""
    example = {
        "company": "Calder & Finch",
        "website": "calderfinch.com",
        "country": "GB",
        "contact_name": "Ruth Calder",
        "contact_title": "Operations Director",
        "contact_email": "ruth@calderfinch.com",
        "need": "They outgrew their spreadsheets.",
        "timing": "this quarter",
        "public_tender": "no",
        "introduced_how": "mail",
    }
    names = [*CALLED, *heads(questions).values()]
    shown = [*(example.get(name, "") for name in CALLED), *map(cells.example, questions)]
    text = StringIO()
    defusedcsv.csv.writer(text, lineterminator="\n").writerows([names, shown])
    return text.getvalue()


def _row(line: sheets.Line, today: date, questions: Sequence[Question]) -> Row:
    row = Row(line.number, {name: _as_typed(cell) for name, cell in line.cells.items()})
    if line.has_more:
        row.problems.append(("", "The row has more cells than there are columns."))
    row.problems += [(name, "Nothing stands there.") for name in NEEDED if name not in row.cells]
    for name, cell in row.cells.items():
        if name in _READ:
            _tried(row, name, _READ[name], row, cell)
    row.told["more_answers"] = list(filter(None, (_answered(row, each) for each in questions))) or None
    if row.introduced_on and row.introduced_on > today:
        row.problems.append(("introduced_on", f"{row.introduced_on} lies ahead."))
    return row


def _tried(row: Row, name: str, read: Callable[..., T], *given: Any) -> T | None:
    """What a cell says; what is wrong with it is noted by its column."""
    try:
        return read(*given)
    except Refused as refusal:
        row.problems.append((name, str(refusal)))
        return None


def _answered(row: Row, question: Question) -> dict[str, str] | None:
    name = question.label.rstrip("?:. ") or question.ref
    if cell := row.cells.get(question.ref):
        return _tried(row, name, cells.answer, question, cell)
    if question.required:
        row.problems.append((name, "Nothing stands there."))
    return None


def _as_typed(cell: str) -> str:
    """Without the sign by which a spreadsheet is kept from running a cell: reports of ours have it."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell


def _text(name: str) -> Callable[[Row, str], None]:
    def read(row: Row, cell: str) -> None:
        if len(cell) > _LONGEST[name]:
            raise Refused(f"It is longer than {_LONGEST[name]:,} characters.")
        row.told[name] = cell if name in _OF_MORE_LINES else as_line(cell)

    return read


def _word(name: str, words: Mapping[str, Any], offered: str) -> Callable[[Row, str], None]:
    def read(row: Row, cell: str) -> None:
        found = words.get(" ".join(cell.casefold().replace("_", " ").split()))
        if found is None:
            raise Refused(f"“{cell[:40]}” is none of: {offered}.")
        row.told[name] = found

    return read


def _website(row: Row, cell: str) -> None:
    _text("website")(row, cell)
    row.domain = domain_of(cell)


def _email(row: Row, cell: str) -> None:
    _text("contact_email")(row, cell)
    if not is_address(cell):
        raise Refused(f"“{cell[:60]}” is not a mail address.")


def _country(row: Row, cell: str) -> None:
    code = _country_codes().get(cell.casefold())
    if code is None:
        raise Refused(f"“{cell[:40]}” is no country. Write it like DE, Germany or Deutschland.")
    row.told["country"] = code


@lru_cache(maxsize=1)
def _country_codes() -> dict[str, str]:
    german = Locale("de").territories
    return {name.casefold(): code for code in COUNTRIES for name in (german.get(code, code), COUNTRIES[code], code)}


def _employees(row: Row, cell: str) -> None:
    row.told["employees"] = parse_count(cell, least=1, most=MOST_PEOPLE)


def _introduced_on(row: Row, cell: str) -> None:
    row.introduced_on = sheets.day_in(cell, "introduced_on")


def _introduced_with(row: Row, cell: str) -> None:
    if len(cell) > _LONGEST["introduced_with"]:
        raise Refused(f"It is longer than {_LONGEST['introduced_with']} characters.")


_READ: dict[str, Callable[[Row, str], None]] = {
    **{name: _text(name) for name in _LONGEST},
    "website": _website,
    "contact_email": _email,
    "country": _country,
    "employees": _employees,
    "introduced_on": _introduced_on,
    "introduced_with": _introduced_with,
    "timing": _word("timing", _TIMINGS, "now, this quarter, this year, later"),
    "public_tender": _word("public_tender", cells.YES_NO, "yes, no"),
    "introduced_how": _word("introduced_how", _WAYS, "mail, call, met, mentioned, other"),
}
