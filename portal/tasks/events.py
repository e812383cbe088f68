from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from portal.events import Event


@dataclass(frozen=True, kw_only=True)
class TaskSet(Event):
    """A task was made; its own words stay in its row."""

    task_id: int
    owner_user_id: int
    due_on: date

    sentence: ClassVar[str] = "{by} made a task for {owner}, due on {due_on}."


@dataclass(frozen=True, kw_only=True)
class TaskChanged(Event):
    task_id: int
    owner_user_id: int
    due_on: date

    sentence: ClassVar[str] = "{by} changed a task of {owner}, due on {due_on}."


@dataclass(frozen=True, kw_only=True)
class TaskDone(Event):
    task_id: int

    sentence: ClassVar[str] = "{by} did a task."


@dataclass(frozen=True, kw_only=True)
class TaskTakenUpAgain(Event):
    task_id: int

    sentence: ClassVar[str] = "{by} took up a task again."


@dataclass(frozen=True, kw_only=True)
class TaskDropped(Event):
    """Nobody needs it any more."""

    task_id: int

    sentence: ClassVar[str] = "A task fell away."


@dataclass(frozen=True, kw_only=True)
class TaskDue(Event):
    """The day has come, and its owner is written to."""

    task_id: int
    owner_user_id: int
    due_on: date

    sentence: ClassVar[str] = "{owner} was reminded of a task."


@dataclass(frozen=True, kw_only=True)
class CalendarOpened(Event):
    """A secret address for one's own calendar; an older one is none any more."""

    sentence: ClassVar[str] = "{by} made a secret address for the calendar."


@dataclass(frozen=True, kw_only=True)
class CalendarClosed(Event):
    sentence: ClassVar[str] = "{by} closed the secret address of the calendar."
