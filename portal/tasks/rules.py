"""Things to do with a day: made by hand, or by a rule when a deal is parked."""

from datetime import date
from enum import StrEnum

from portal.errors import Refused


class TaskKind(StrEnum):
    HAND = "hand"
    NURTURE = "nurture"


def check_due(due_on: date, today: date) -> None:
    """Raise `Refused` for a day that has passed."""
    if due_on < today:
        raise Refused("The day of a task cannot lie behind.", "due_on")
