"""What waits for one person, the most urgent first, and the words in which it is told. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from portal.formats import DAYS, day_words, ninety_nine
from portal.moves import Tone

QUEUE = "/staff/"
SHOWN = 99
MOST = SHOWN + 1
"""Of each kind so many are read, so that a count is exact up to `SHOWN` and says `99+` beyond."""
AT_ONCE = 50
"""Stand on a page, as in every list; the others of those shown on a second one."""
SOON = timedelta(hours=4)
NEAR = timedelta(hours=24)
NOON = time(12)
_MIDNIGHT, _DAY, _HOUR, _MINUTE = time(0), timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
_FAR = datetime(9999, 1, 1, tzinfo=UTC)


class Parkable(NamedTuple):
    """A deal as it was read, which one click parks."""

    ref: str
    version: int
    company: str


class Whose(StrEnum):
    ALL = "all"
    MINE = "mine"
    UNASSIGNED = "unassigned"


WHOSE_LABEL: dict[Whose, str] = {Whose.ALL: "All", Whose.MINE: "Mine", Whose.UNASSIGNED: "Unassigned"}


class Task(NamedTuple):
    """One thing to do: what, for whom, from whom, where, and by when."""

    title: str
    about: str
    url: str
    partner: str = ""
    person: str = ""
    """Who sent or asked it."""
    due_at: datetime | None = None
    due_on: date | None = None
    """Where it is due in the course of a day."""
    since: datetime | None = None
    is_promise: bool = False
    """We promised a partner that time."""
    is_mine: bool = False
    """In the reader's own hands; what is in nobody's is for whoever comes first."""
    pick: str = ""
    """What a tick beside it stands for, where several can be decided together."""
    park: Parkable | None = None


class Shown(NamedTuple):
    title: str
    about: str
    whom: str
    url: str
    due: str
    exact: str
    """The same time in full, for who wants to know."""
    tone: Tone
    pick: str
    park: Parkable | None


@dataclass(frozen=True)
class Sheet:
    """What stands on one page of the queue."""

    tasks: list[Task]
    is_rest: bool
    others: int
    """How many stand on the other page."""
    is_more: bool
    """There are more than both show."""


def sheet(tasks: Sequence[Task], *, is_rest: bool) -> Sheet:
    """The first of them, or what follows these; where nothing does, the first."""
    first, rest = list(tasks[:AT_ONCE]), list(tasks[AT_ONCE:SHOWN])
    if is_rest and rest:
        return Sheet(rest, True, len(first), len(tasks) > SHOWN)
    return Sheet(first, False, len(rest), len(tasks) > SHOWN)


def of_whom(tasks: Sequence[Task], whose: Whose) -> list[Task]:
    return [task for task in tasks if whose is Whose.ALL or task.is_mine == (whose is Whose.MINE)]


def ordered(tasks: Sequence[Task], now: datetime, zone: ZoneInfo) -> list[Task]:
    """What has broken a promise or is about to, then what else is late, then by when each is due; what has no day comes
    last, the oldest first."""
    return sorted(tasks, key=lambda task: _place(task, _ends(task, zone), now))


def following(tasks: Sequence[Task], ref: str) -> str:
    """Where it goes on after this record: to what stands below it and not above it too, to the first where it stands
    here no more, and to the queue at its end."""
    records = [task.url.partition("#")[0].split("/")[:4] for task in tasks]
    here = next((place for place, record in enumerate(records) if ref in record), -1)
    behind = records[: here + 1]
    below = zip(tasks[here + 1 :], records[here + 1 :], strict=True)
    return next((task.url for task, record in below if record not in behind), QUEUE)


def _place(task: Task, ends: datetime | None, now: datetime) -> tuple[bool, bool, bool, datetime, str]:
    breaks = task.is_promise and ends is not None and ends - now <= SOON
    is_late = ends is not None and ends < now
    return not breaks, not is_late, ends is None, ends or task.since or _FAR, task.title


def shown(task: Task, now: datetime, zone: ZoneInfo) -> Shown:
    due, tone = due_words(task, now, zone)
    whom = f"{task.person} of {task.partner}" if task.person and task.partner else task.person or task.partner
    return Shown(task.title, task.about, whom, task.url, due, _exact(task, zone), tone, task.pick, task.park)


def due_words(task: Task, now: datetime, zone: ZoneInfo) -> tuple[str, Tone]:
    """`in 40 min`, `11:55`, `Tue 12:00`, `24 Nov`; red when it is late or about to be, amber within a day. Without a
    day, how long it has waited."""
    ends = _ends(task, zone)
    if ends is None:
        return _age(now - task.since) if task.since else "", ""
    here = now.astimezone(zone)
    words = _day_words(task.due_on, here.date()) if task.due_on else _time_words(ends.astimezone(zone), here)
    if ends < now or (task.due_at and ends - now <= SOON):
        return words, "late"
    return words, "due" if ends - now <= NEAR else ""


def _exact(task: Task, zone: ZoneInfo) -> str:
    if task.due_on and not task.due_at:
        return f"Due on {task.due_on.isoformat()}"
    at = task.due_at or task.since
    return f"{'Due' if task.due_at else 'Since'} {_in_full(at.astimezone(zone))}" if at else ""


def _in_full(local: datetime) -> str:
    return f"{local.isoformat(' ', 'minutes')[:16]} {local.tzname()}"


def _age(waited: timedelta) -> str:
    hours = max(0, int(waited.total_seconds() // 3600))
    return f"waits {hours // 24} d" if hours >= 24 else f"waits {hours} h" if hours else "new"


def headline(tasks: Sequence[Task], now: datetime, zone: ZoneInfo) -> str:
    """`9 things need you. 2 break a promise before noon.`"""
    count = len(tasks)
    if not count:
        return "Nothing needs you now."
    needs = "One thing needs you." if count == 1 else f"{ninety_nine(count)} things need you."
    return " ".join(filter(None, [needs, _late(tasks, now, zone), _about_to_break(tasks, now, zone)]))


def _late(tasks: Sequence[Task], now: datetime, zone: ZoneInfo) -> str:
    late = sum(1 for task in tasks if (ends := _ends(task, zone)) is not None and ends < now)
    return f"{ninety_nine(late)} {'is' if late == 1 else 'are'} late." if late else ""


def _about_to_break(tasks: Sequence[Task], now: datetime, zone: ZoneInfo) -> str:
    here = now.astimezone(zone)
    is_morning = here.time() < NOON
    until = datetime.combine(here.date(), NOON, zone) if is_morning else _end_of(here.date(), zone)
    count = sum(1 for task in tasks if task.is_promise and task.due_at and now <= task.due_at <= until)
    if not count:
        return ""
    breaks, until_when = "breaks" if count == 1 else "break", "before noon" if is_morning else "today"
    return f"{ninety_nine(count)} {breaks} a promise {until_when}."


def _ends(task: Task, zone: ZoneInfo) -> datetime | None:
    return task.due_at or (_end_of(task.due_on, zone) if task.due_on else None)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + _DAY, _MIDNIGHT, zone) - timedelta(seconds=1)


def _day_words(day: date, today: date) -> str:
    if day == today:
        return "today"
    if day < today:
        return f"since {day_words(day, today)}"
    return DAYS[day.weekday()] if day - today < 6 * _DAY else day_words(day, today)


def _time_words(ends: datetime, here: datetime) -> str:
    if ends < here:
        return f"since {_moment(ends, here)}"
    if ends - here < _HOUR:
        return f"in {int((ends - here).total_seconds() // 60)} min" if ends - here >= _MINUTE else "this minute"
    return _moment(ends, here)


def _moment(at: datetime, here: datetime) -> str:
    if at.date() == here.date():
        return _clock(at)
    if abs(at.date() - here.date()) < 6 * _DAY:
        return f"{DAYS[at.weekday()]} {_clock(at)}"
    return day_words(at.date(), here.date())


def _clock(at: datetime) -> str:
    return f"{at.hour:02}:{at.minute:02}"
