"""The evidence card: the grade, why, and each piece in a line."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from portal.evidence.rules import GRADE_OF, KIND_LABEL, RAISED_BY, WHY, Finding, Grade, PieceKind, grade, why
from portal.formats import Words
from portal.json_rows import instant

SHORT = 12


class PieceRow(NamedTuple):
    ref: str
    title: str
    about: str
    """What it shows, and what was said of it."""
    words: str
    sha256: str
    when: str
    grade: Grade


class Card(NamedTuple):
    grade: Grade
    why: str
    raised_by: str
    pieces: list[PieceRow]


def card(pieces: Sequence[Mapping[str, Any]] | None, words: Words) -> Card:
    """Of what `queries.beside` read."""
    known = sorted(pieces or [], key=lambda each: each["id"])
    findings = [Finding(each["finding"]) for each in known]
    best = grade(findings)
    return Card(best, why(findings), RAISED_BY[best], [_row(each, words) for each in known])


def size_words(size: int) -> str:
    """`3 kB`, `1.2 MB`."""
    return f"{size / 2**20:.1f} MB" if size >= 2**20 else f"{max(1, round(size / 1024))} kB"


def _row(piece: Mapping[str, Any], words: Words) -> PieceRow:
    kind, added_at, found = PieceKind(piece["kind"]), instant(piece, "added_at"), Finding(piece["finding"])
    when = f"Added {words.when(added_at)} by {piece['by']}" if added_at else ""
    return PieceRow(
        ref=piece["ref"],
        title=_title(kind, piece),
        about=WHY[found],
        words=_words(piece, words),
        sha256=piece["sha256"] or "",
        when=when,
        grade=GRADE_OF[found],
    )


def _title(kind: PieceKind, piece: Mapping[str, Any]) -> str:
    if kind is PieceKind.NOTE:
        return KIND_LABEL[kind]
    if not piece["sha256"]:
        return f"{KIND_LABEL[kind]}, erased"
    return f"{piece['name']} · {size_words(piece['size'])}"


def _words(piece: Mapping[str, Any], words: Words) -> str:
    """The subject and the day of a mail; what was written about it, on which day and with whom."""
    sent = instant(piece, "sent_at")
    on = words.day(date.fromisoformat(piece["happened_on"])) if piece["happened_on"] else ""
    mail = f"“{piece['subject']}”" if piece["subject"] else ""
    parts = (mail, f"sent {words.when(sent)}" if sent else "", on, piece["people"], piece["says"])
    return " · ".join(filter(None, parts))
