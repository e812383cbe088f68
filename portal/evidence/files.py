"""Which files are kept as proof: told by what is in them, never by their name. Pure."""

import unicodedata
from dataclasses import dataclass

from portal.errors import Refused
from portal.evidence import mails
from portal.evidence.rules import PieceKind
from portal.uploads import check_size

FIELD = "proof_files"
ACCEPT = ".eml,.pdf,.png,.jpg,.jpeg,.webp,message/rfc822,application/pdf,image/png,image/jpeg,image/webp"
KINDS_WORDS = "a mail saved as a file (.eml), a PDF, or a picture (PNG, JPEG, WebP)"
_OUTLOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Type:
    kind: PieceKind
    media_type: str
    extension: str


MAIL = Type(PieceKind.MAIL, "message/rfc822", "eml")
PDF = Type(PieceKind.PDF, "application/pdf", "pdf")
PNG = Type(PieceKind.SCREENSHOT, "image/png", "png")
JPEG = Type(PieceKind.SCREENSHOT, "image/jpeg", "jpg")
WEBP = Type(PieceKind.SCREENSHOT, "image/webp", "webp")
EXTENSIONS = {each.media_type: each.extension for each in (MAIL, PDF, PNG, JPEG, WEBP)}


@dataclass(frozen=True)
class Offered:
    """A file that somebody sent, found to be one that is kept."""

    name: str
    data: bytes
    type: Type


def offered(name: str, data: bytes) -> Offered:
    """Raises Refused, naming the file, for one that is empty, too large or of another kind."""
    called = plain_name(name)
    if not data:
        raise Refused(f"“{called}” is empty.", FIELD)
    check_size(called, len(data), FIELD)
    if data.startswith(_OUTLOOK):
        raise Refused(f"“{called}” is in a format of Outlook's own. Save the mail as .eml, or print it as PDF.", FIELD)
    found = type_of(data)
    if found is None:
        raise Refused(f"“{called}” is none of what we keep: {KINDS_WORDS}.", FIELD)
    return Offered(called, data, found)


def type_of(data: bytes) -> Type | None:
    """None for a file of any other kind."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
        return PNG
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WEBP
    if data.startswith(b"%PDF-"):
        return PDF
    return MAIL if mails.is_mail(data) else None


def plain_name(name: str) -> str:
    """What the file is called, without its folder, and without signs that nobody sees or that turn the others round."""
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(char for char in last if not unicodedata.category(char).startswith(("C", "Z")) or char == " ")
    return " ".join(seen.split())[:120] or "file"
