"""How the introduction was made, with proof: what a piece shows, and the grade that follows from it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

MOST_PIECES = 10
MOST_HELD = 30
"""Files that wait for one person's unsent forms."""
HELD_FOR = timedelta(days=1)
"""How long a file waits for a form that came back; after that it is gone."""


class PieceKind(StrEnum):
    MAIL = "mail"
    SCREENSHOT = "screenshot"
    PDF = "pdf"
    NOTE = "note"


KIND_LABEL: dict[PieceKind, str] = {
    PieceKind.MAIL: "Mail",
    PieceKind.SCREENSHOT: "Screenshot",
    PieceKind.PDF: "PDF",
    PieceKind.NOTE: "Note",
}


class Grade(StrEnum):
    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Finding(StrEnum):
    """What one piece shows."""

    PROSPECT_WROTE = "prospect_wrote"
    INTRODUCED_BY_MAIL = "introduced_by_mail"
    SHOWN = "shown"
    NOTED = "noted"
    PROSPECT_WITHOUT_US = "prospect_without_us"
    MAIL_WITHOUT_PROSPECT = "mail_without_prospect"
    MAIL_WITHOUT_US = "mail_without_us"
    STRANGERS_MAIL = "strangers_mail"
    UNDATED = "undated"


GRADE_OF: dict[Finding, Grade] = {
    Finding.PROSPECT_WROTE: Grade.A,
    Finding.INTRODUCED_BY_MAIL: Grade.B,
    Finding.SHOWN: Grade.B,
    Finding.NOTED: Grade.C,
    Finding.PROSPECT_WITHOUT_US: Grade.D,
    Finding.MAIL_WITHOUT_PROSPECT: Grade.D,
    Finding.MAIL_WITHOUT_US: Grade.D,
    Finding.STRANGERS_MAIL: Grade.D,
    Finding.UNDATED: Grade.D,
}
WHY: dict[Finding, str] = {
    Finding.PROSPECT_WROTE: "Their own words: a mail from their domain that names or copies us.",
    Finding.INTRODUCED_BY_MAIL: "The mail that introduces us, with them among its recipients.",
    Finding.SHOWN: "A picture or PDF with its date, which names the contact.",
    Finding.NOTED: "A note with its date, and who took part.",
    Finding.PROSPECT_WITHOUT_US: "A mail from their domain that neither names nor copies us.",
    Finding.MAIL_WITHOUT_PROSPECT: "A mail of the partner company without them among its recipients.",
    Finding.MAIL_WITHOUT_US: "A mail to them that neither names nor copies us.",
    Finding.STRANGERS_MAIL: "A mail from an address that is neither theirs nor the partner company's.",
    Finding.UNDATED: "The day, or who took part, is not said.",
}
NOTHING = "Told, with no proof yet."
RAISED_BY: dict[Grade, str] = {
    Grade.A: "",
    Grade.B: "With the mail in which they answered, this would be A.",
    Grade.C: "With the mail that introduced us, sent to them as well, this would be B; with the one in which they "
    "answered, A.",
    Grade.D: "With the day and the names of who took part, this would be C; with the mail in which they answered, A.",
}


@dataclass(frozen=True, kw_only=True)
class Parties:
    """Who is who in a mail: domains and addresses in lower case."""

    prospect_domain: str
    contact_name: str
    contact_email: str
    partner_domains: frozenset[str]
    partner_addresses: frozenset[str]
    our_domains: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One piece as the grade is read from it."""

    kind: PieceKind
    says: str = ""
    """What the person wrote about it."""
    on: date | None = None
    people: str = ""
    """Who took part, in the person's words."""
    sender: str = ""
    recipients: tuple[str, ...] = ()
    """To and Cc."""
    names_us: bool = False


def finding(piece: Shown, parties: Parties) -> Finding:
    """The most that the piece shows. What is said about a mail that shows little may still make a note of it."""
    is_note = piece.on is not None and bool(piece.people)
    if piece.kind is PieceKind.MAIL:
        read = _mail(piece, parties)
        return Finding.NOTED if is_note and GRADE_OF[read] is Grade.D else read
    if not is_note:
        return Finding.UNDATED
    shown = piece.kind in (PieceKind.SCREENSHOT, PieceKind.PDF) and _names_contact(piece, parties)
    return Finding.SHOWN if shown else Finding.NOTED


def best(findings: Iterable[Finding]) -> Finding | None:
    """The one that decides; of two with the same grade the first in the order above."""
    return min(findings, key=list(Finding).index, default=None)


def grade(findings: Iterable[Finding]) -> Grade:
    found = best(findings)
    return Grade.D if found is None else GRADE_OF[found]


def why(findings: Iterable[Finding]) -> str:
    found = best(findings)
    return NOTHING if found is None else WHY[found]


def is_within(address: str, domains: Iterable[str]) -> bool:
    """Whether a mail address belongs to one of these domains, or to one below it."""
    host = address.rpartition("@")[2]
    return any(host == domain or host.endswith(f".{domain}") for domain in domains if domain)


def _mail(piece: Shown, parties: Parties) -> Finding:
    reaches_us = piece.names_us or any(is_within(each, parties.our_domains) for each in piece.recipients)
    if _is_partners(piece.sender, parties):
        to_them = any(_is_prospects(each, parties) for each in piece.recipients)
        if not to_them:
            return Finding.MAIL_WITHOUT_PROSPECT
        return Finding.INTRODUCED_BY_MAIL if reaches_us else Finding.MAIL_WITHOUT_US
    if is_within(piece.sender, {parties.prospect_domain}):
        return Finding.PROSPECT_WROTE if reaches_us else Finding.PROSPECT_WITHOUT_US
    return Finding.STRANGERS_MAIL


def _is_partners(address: str, parties: Parties) -> bool:
    return address in parties.partner_addresses or is_within(address, parties.partner_domains)


def _is_prospects(address: str, parties: Parties) -> bool:
    return address == parties.contact_email or is_within(address, {parties.prospect_domain})


def _names_contact(piece: Shown, parties: Parties) -> bool:
    """By the last name, or the address."""
    said = f"{piece.people} {piece.says}".casefold()
    last = parties.contact_name.casefold().split()[-1:]
    return any(word in _words(said) for word in last) or bool(parties.contact_email and parties.contact_email in said)


def _words(text: str) -> set[str]:
    return {word.strip(".,;:()<>\"'“”") for word in text.split()}
