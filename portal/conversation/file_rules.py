"""Which files may go with a message, told by what is in them and never by their name. Pure."""

import io
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from portal.errors import Refused
from portal.uploads import EACH, MOST_BYTES, too_large

PDF, PNG, JPEG, CSV, PLAIN = "application/pdf", "image/png", "image/jpeg", "text/csv", "text/plain"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENDING = {PDF: "pdf", PNG: "png", JPEG: "jpg", CSV: "csv", PLAIN: "txt", XLSX: "xlsx"}
ALLOWED = f"PDF, PNG, JPEG, XLSX, CSV or plain text, {EACH}"
ACCEPT = ".pdf,.png,.jpg,.jpeg,.xlsx,.csv,.txt"
NAME_MOST = 100

_PNG_HEAD, _JPEG_HEAD = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"pHYs"})
_JPEG_DROPPED = frozenset({0xFE, *range(0xE1, 0xF0)}) - {0xE2, 0xEE}  # comments and metadata; not the colours


class NotTaken(Refused):
    """This file does not go along; the message says why, and names it."""


@dataclass(frozen=True)
class Upload:
    """A file as it was looked at: what is kept of it."""

    name: str
    media_type: str
    data: bytes


def look(name: str, data: bytes) -> Upload:
    """The file as it is kept: a picture without where and with what it was taken. Raises NotTaken."""
    shown = _shown(name)
    if len(data) > MOST_BYTES:
        raise NotTaken(too_large(shown), "files")
    if not data:
        raise NotTaken(f"{shown} is empty.", "files")
    media_type = _sniffed(shown, data)
    if media_type is None:
        raise NotTaken(f"{shown} is of a kind that is not taken: {ALLOWED}.", "files")
    return Upload(_named(shown, media_type), media_type, _without_metadata(shown, media_type, data))


def download_name(name: str) -> str:
    """The name in ASCII and without quotes, as a header takes it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^\w .()-]", "_", plain).strip(" .") or "file"


def _sniffed(name: str, data: bytes) -> str | None:
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return PDF
    if data.startswith(_PNG_HEAD):
        return PNG
    if data.startswith(_JPEG_HEAD):
        return JPEG
    if data.startswith(b"PK\x03\x04"):
        return XLSX if _is_workbook(data) else None
    ending = name.rpartition(".")[2].lower()
    return {"csv": CSV, "txt": PLAIN}.get(ending) if _is_text(data) else None


def _is_workbook(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = set(packed.namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return False
    return {"[Content_Types].xml", "xl/workbook.xml"} <= names and not any("vbaProject" in each for each in names)


def _is_text(data: bytes) -> bool:
    """No markup that a browser would run, whatever it is called, and nothing that is no character."""
    if re.search(rb"[\x00-\x08\x0e-\x1f]", data):
        return False
    return not re.match(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|svg|script|\?xml)", data[:1024], re.IGNORECASE)


def _without_metadata(name: str, media_type: str, data: bytes) -> bytes:
    """Raises NotTaken for a picture that is not whole."""
    if media_type not in (PNG, JPEG):
        return data
    try:
        return b"".join(_png(data) if media_type == PNG else _jpeg(data))
    except (struct.error, IndexError, ValueError) as failure:
        raise NotTaken(f"{name} is damaged: it is no whole picture.", "files") from failure


def _png(data: bytes) -> Iterator[bytes]:
    yield _PNG_HEAD
    at = len(_PNG_HEAD)
    while True:
        length, kind = struct.unpack_from(">I4s", data, at)
        chunk = data[at : at + length + 12]
        if len(chunk) != length + 12 or zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:], "big"):
            raise ValueError("a chunk is cut off or changed")
        if kind in _PNG_KEPT:
            yield chunk
        if kind == b"IEND":
            return
        at += length + 12


def _jpeg(data: bytes) -> Iterator[bytes]:
    yield data[:2]
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError("no marker where one belongs")
        marker = data[at + 1]
        if marker == 0xDA:  # from here on it is the picture itself
            end = data.rindex(b"\xff\xd9", at)
            yield data[at : end + 2]
            return
        (length,) = struct.unpack_from(">H", data, at + 2)
        if marker not in _JPEG_DROPPED:
            yield data[at : at + 2 + length]
        at += 2 + length


def _shown(name: str) -> str:
    """What the file is called, without folders and without what no name has."""
    base = re.split(r"[/\\]", name)[-1]
    kept = "".join(each for each in base if unicodedata.category(each)[0] != "C")
    return (" ".join(kept.split()) or "file")[-NAME_MOST:]


def _named(name: str, media_type: str) -> str:
    """With the ending of what it is: `photo.exe` that is a picture becomes `photo.exe.jpg`."""
    endings = {JPEG: ("jpg", "jpeg")}.get(media_type, (ENDING[media_type],))
    if name.lower().endswith(tuple(f".{each}" for each in endings)):
        return name
    return f"{name[: NAME_MOST - 5]}.{ENDING[media_type]}"
