"""What a mail file says of itself: its headers, and whether its own words name us. Pure.

The file comes from outside: nothing in it may raise, and none of it is read further than a person writes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any

_FAULTS = (MessageError, LookupError, ValueError, TypeError)
"""What Python's own reader raises over headers that no program writes."""
_READ = 1024 * 1024
_HEADER = 4_000
_WORDS = 100_000
_MOST_RECIPIENTS = 50
_YEARS = range(1970, 2970)
_MOST_PARTS = 50
_MOST_DIVIDERS = 1_000
_ADDRESS = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{3,253}")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_QUOTE_BEGINS = re.compile(
    r"^(>|-{2,} ?(original|forwarded|ursprüngliche|weitergeleitete)|(on|am) .{0,200}(wrote|schrieb)|(from|von): )",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Mail:
    sender: str = ""
    """The address in From, in lower case; empty where there is none, or more than one."""
    recipients: tuple[str, ...] = ()
    """The addresses in To and Cc."""
    subject: str = ""
    message_id: str = ""
    sent_at: datetime | None = None
    words: str = ""
    """What the sender wrote, without what it answers."""

    def names(self, called: Iterable[str]) -> bool:
        """Whether its subject or its words have one of these names."""
        said = f"{self.subject}\n{self.words}".casefold()
        return any(re.search(rf"(?<!\w){re.escape(each.casefold())}(?!\w)", said) for each in called if each)


def is_mail(data: bytes) -> bool:
    """Whether the bytes begin as a mail does: header lines, a sender among them, and something that says when or to
    whom."""
    head = re.split(rb"\r?\n\r?\n", data[:_READ].lstrip(b"\xef\xbb\xbf"), maxsplit=1)[0]
    if b"\x00" in head or not re.match(rb"(From |[!-9;-~]+:)", head):
        return False
    names = {line.partition(b":")[0].strip().lower() for line in head.splitlines() if b":" in line[:80]}
    return b"from" in names and bool(names & {b"date", b"to", b"message-id"})


def read(data: bytes) -> Mail:
    """What can be read; what cannot stays empty."""
    message = _parsed(data[:_READ])
    senders = _addresses(message, "From")
    return Mail(
        sender=senders[0] if len(senders) == 1 else "",
        recipients=tuple(dict.fromkeys([*_addresses(message, "To"), *_addresses(message, "Cc")]))[:_MOST_RECIPIENTS],
        subject=_header(message, "Subject")[:200],
        message_id=_header(message, "Message-ID")[:255],
        sent_at=_date(message),
        words=_own_words(message),
    )


def everything(data: bytes) -> list[str]:
    """Every text in it, decoded, that of its attachments and of mails within it too: to look for somebody."""
    parts = list(_parsed(data).walk())
    headers = [_decoded(str(value)[:_HEADER]) for part in parts for value in part.values()]
    return [*headers, *(text for part in parts for text in _every_reading(part))]


def _parsed(data: bytes) -> Message:
    """The headers alone, where it is divided more often than any program divides a mail, or without end."""
    is_sane = data.count(b"\n--") <= _MOST_DIVIDERS
    try:
        return BytesParser().parsebytes(data, headersonly=not is_sane)
    except (RecursionError, *_FAULTS):
        return BytesParser().parsebytes(data, headersonly=True)


def _every_reading(part: Message) -> list[str]:
    payload = part.get_payload(decode=True)
    return [payload.decode(name, "replace") for name in ("utf-8", "latin-1")] if isinstance(payload, bytes) else []


def _header(message: Message, name: str) -> str:
    """The first of this name, decoded and on one line."""
    return " ".join(_printable(_decoded(str(message.get(name, ""))[:_HEADER])).split())


def _decoded(raw: str) -> str:
    try:
        return str(make_header(decode_header(raw)))
    except _FAULTS:
        return raw


def _addresses(message: Message, name: str) -> list[str]:
    given = [str(each)[:_HEADER] for each in message.get_all(name, [])[:_MOST_RECIPIENTS]]
    try:
        found = [address.strip().lower() for _, address in getaddresses(given)]
    except (RecursionError, IndexError):
        return []
    return [address for address in found if _ADDRESS.fullmatch(address)]


def _date(message: Message) -> datetime | None:
    try:
        at = parsedate_to_datetime(_header(message, "Date")[:100])
        sent = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        return sent if sent.year in _YEARS else None
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def _own_words(message: Message) -> str:
    text = next(filter(None, map(_text_of, _parts(message))), "")
    own: list[str] = []
    for line in text.splitlines():
        if _QUOTE_BEGINS.match(line.strip()[:300]):
            if not line.lstrip().startswith(">"):
                break
            continue
        own.append(line)
    return "\n".join(own)


def _parts(message: Message) -> list[Message]:
    """What is written in it, plain text first; attachments and mails within the mail are somebody else's words."""
    found: list[Message] = []
    waiting = [message]
    while waiting and len(found) < _MOST_PARTS:
        part = waiting.pop(0)
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            inside: Any = part.get_payload()
            waiting.extend(each for each in inside[:_MOST_PARTS] if isinstance(each, Message))
        elif part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment":
            found.append(part)
    return sorted(found, key=lambda part: part.get_content_subtype() != "plain")


def _text_of(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        text = payload[:_WORDS].decode(part.get_content_charset() or "utf-8", "replace")
    except _FAULTS:
        text = payload[:_WORDS].decode("utf-8", "replace")
    if part.get_content_subtype() == "html":
        text = _TAG.sub(" ", text)
    return _printable(text).strip()


def _printable(text: str) -> str:
    """Without what a database or a page can't hold."""
    return "".join(char if char.isprintable() or char in "\n\r\t" else " " for char in text)
