"""How amounts, dates and times are shown: every amount with its currency, every time in the reader's zone."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.numbers import format_currency, get_currency_precision
from flask import Flask, g
from markupsafe import Markup, escape

from portal import clock
from portal.moves import Tone

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def reader_zone() -> ZoneInfo:
    """The reader's own; the program's for whoever is not signed in."""
    zone: ZoneInfo | None = g.get("zone")
    if zone is not None:
        return zone
    program = g.get("program")
    return ZoneInfo(program.time_zone if program else "UTC")


@lru_cache(maxsize=10_000)
def money(minor: int, currency: str) -> str:
    """`348000, "EUR"` is €3,480.00; a negative amount has a true minus sign."""
    major = Decimal(abs(minor)).scaleb(-get_currency_precision(currency))
    text: str = format_currency(major, currency, locale="en_GB")
    return f"−{text}" if minor < 0 else text


@dataclass(frozen=True, slots=True)
class Words:
    """Days and times for one reader, at one moment: a page that shows hundreds of them asks for it once."""

    zone: ZoneInfo
    this_year: int

    def day(self, on: date) -> str:
        """`17 Nov`, with the year where it is not this one."""
        return _day(on, self.this_year)

    def day_of(self, at: datetime) -> str:
        return self.day(at.astimezone(self.zone))

    def when(self, at: datetime) -> str:
        """`Tue 17 Nov, 10:02`"""
        return self.local_when(at.astimezone(self.zone))

    def local_when(self, local: datetime) -> str:
        """The same of a time that is in the reader's zone already."""
        return f"{DAYS[local.weekday()]} {_day(local, self.this_year)}, {local.hour:02}:{local.minute:02}"

    def moment(self, at: datetime | date) -> str:
        """A time with its hour, a day without."""
        return self.when(at) if isinstance(at, datetime) else self.day(at)


def words() -> Words:
    """Of the reader: made once for a request that knows who reads."""
    here = g._get_current_object()  # a proxy is slow to ask
    zone: ZoneInfo | None = here.get("zone")
    if zone is None:
        return _words_in(reader_zone())
    said: Words | None = here.get("words")
    if said is None or said.zone is not zone:
        said = here.words = _words_in(zone)
    return said


def _words_in(zone: ZoneInfo) -> Words:
    return Words(zone, clock.now().astimezone(zone).year)


def day_words(on: date, today: date | None = None) -> str:
    """`17 Nov`, with the year where it is not this one."""
    return _day(on, (today or local_now()).year)


def when_words(at: datetime) -> str:
    """`Tue 17 Nov, 10:02` in the reader's zone."""
    return words().when(at)


def local_day(at: datetime) -> str:
    """The day of an instant in the reader's zone, as `day_words` says it."""
    return words().day_of(at)


def counted(number: int, noun: str) -> str:
    """`one fee`, `12 fees`."""
    return f"one {noun}" if number == 1 else f"{number} {noun}s"


@lru_cache(maxsize=1_000)
def status(label: str, tone: Tone = "") -> Markup:
    """The chip of a state, for a cell: the macro of this name costs more than the rest of its row."""
    return Markup('<span class="status {}">{}</span>').format(tone, label)


def _day(on: date, this_year: int) -> str:
    said = f"{on.day} {MONTHS[on.month - 1]}"
    return said if on.year == this_year else f"{said} {on.year}"


def local_now() -> datetime:
    return clock.now().astimezone(reader_zone())


def when(at: datetime | None) -> Markup:
    """The time, with its exact value on hover."""
    if at is None:
        return Markup("–")
    said = words()
    local = at.astimezone(said.zone)
    return _time(at, local, said.local_when(local))


def on_day(at: datetime | date | None) -> Markup:
    """The day of an instant (in the reader's zone) or a date."""
    if at is None:
        return Markup("–")
    if not isinstance(at, datetime):
        return Markup(f'<time datetime="{at.isoformat()}">{words().day(at)}</time>')  # noqa: S704 (a day, in words)
    said = words()
    local = at.astimezone(said.zone)
    return _time(at, local, said.day(local))


def said_of(said: str, at: datetime | date | None) -> str:
    """Words of a page about a time, with its exact value on hover."""
    return _time(at, at.astimezone(reader_zone()), escape(said)) if isinstance(at, datetime) else said


def ago(at: datetime | None) -> Markup:
    """`3 h ago`, for what happened a moment before; the day for anything older than a week."""
    if at is None:
        return Markup("–")
    seconds = (clock.now() - at).total_seconds()
    if seconds >= 7 * 86400 or seconds < 0:
        return on_day(at)
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return _time(at, at.astimezone(reader_zone()), f"{int(seconds // size)} {unit} ago")
    return _time(at, at.astimezone(reader_zone()), "just now")


def _time(at: datetime, local: datetime, said: str) -> Markup:
    exact = f"{local.isoformat(' ', 'seconds')[:19]} {local.tzname()}"
    iso = at.isoformat(timespec="seconds")
    return Markup(f'<time datetime="{iso}" title="{exact}">{said}</time>')  # noqa: S704 (a time, in words of ours)


def ninety_nine(count: int) -> str:
    """Counts are read up to a hundred rows, never over a whole table."""
    return "99+" if count > 99 else str(count)


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(money=money, when=when, day=on_day, said_of=said_of, ago=ago, upto99=ninety_nine)
