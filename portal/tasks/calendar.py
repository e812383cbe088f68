"""A calendar as other programs read it (RFC 5545): written here, because it is one loop and three rules. Pure."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

WIDTH = 75
"""Octets of a line, without its end."""


class Entry(Protocol):
    @property
    def uid(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def on(self) -> date | None: ...
    @property
    def at(self) -> datetime | None: ...


def calendar(name: str, entries: Iterable[Entry], *, now: datetime, public_url: str, host: str) -> bytes:
    """The whole feed. A day is an event of all day, an instant one of a quarter of an hour, in UTC."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Partner portal//Tasks//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]
    for entry in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{escaped(entry.uid)}@{host}",
            f"DTSTAMP:{_instant(now)}",
            *_when(entry),
            f"SUMMARY:{escaped(entry.title)}",
            f"URL:{public_url}{entry.path}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return "".join(f"{folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"]).encode()


def escaped(text: str) -> str:
    """A TEXT value: backslash, comma, semicolon and line break are written out, other controls left out."""
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\r", "\\n"), ("\n", "\\n")):
        text = text.replace(plain, written)
    return "".join(letter for letter in text if letter >= " " and letter != "\x7f")


def folded(line: str) -> str:
    """No line has more than 75 octets; it goes on after a break and a blank, never inside of a letter."""
    parts, part, size = [], "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > WIDTH:
            parts.append(part)
            part, size = " ", 1
        part, size = part + letter, size + octets
    return "\r\n".join([*parts, part])


def _when(entry: Entry) -> list[str]:
    if entry.at is not None:
        return [f"DTSTART:{_instant(entry.at)}", f"DTEND:{_instant(entry.at + timedelta(minutes=15))}"]
    if entry.on is not None:
        return [f"DTSTART;VALUE=DATE:{entry.on:%Y%m%d}", f"DTEND;VALUE=DATE:{entry.on + timedelta(days=1):%Y%m%d}"]
    raise ValueError(f"{entry.uid} has no day")


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
